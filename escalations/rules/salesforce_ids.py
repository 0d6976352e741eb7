"""Salesforce record ids: 15 characters where capitals count, or 18 with a checksum that says which are capitals."""

import re

# Meant as an id, if mistyped, as "N/A" and "none yet" are not: one word with a digit, or what begins as the id of an account does.
MEANT = re.compile(r"\A(?=\D*\d)\S{10,}\Z|\b001(\s?[A-Za-z0-9]){4,}", re.ASCII)
CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def account_id(text: str) -> str:
    """Return the 18-character id; ValueError with a sentence for people when `text` cannot be one."""
    text = (text or "").strip()
    if not re.fullmatch(r"[A-Za-z0-9]+", text):
        raise ValueError("A Salesforce id has letters and digits only.")
    if len(text) not in (15, 18):
        raise ValueError(f"A Salesforce id has 15 or 18 characters, this one has {len(text)}.")
    whole = text[:15] + checksum(text[:15])
    if len(text) == 18 and whole[15:] != text[15:].upper():
        raise ValueError("The last three characters of this Salesforce id do not fit the others: it was mistyped.")
    return whole


def checksum(first15: str) -> str:
    """Return the three characters that belong to the first fifteen."""
    groups = (first15[start : start + 5] for start in (0, 5, 10))
    return "".join(CHECKSUM[sum(1 << i for i, char in enumerate(group) if "A" <= char <= "Z")] for group in groups)

"""Identifiers in the shape of each service, derived from plain numbers and names so that they never change."""

import hashlib
import re

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE36 = BASE62[:36]
CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def in_base(number, alphabet, width):
    """Return `number` in the base of `alphabet`, padded with its zero to `width` characters."""
    digits = ""
    while number:
        number, digit = divmod(number, len(alphabet))
        digits = alphabet[digit] + digits
    return digits.rjust(width, alphabet[0])


def from_base(text, alphabet):
    """Read a number written by `in_base`; None when a character is foreign."""
    number = 0
    for character in text:
        if character not in alphabet:
            return None
        number = number * len(alphabet) + alphabet.index(character)
    return number


def salesforce_18(id15):
    """Return the 18-character form: three characters that say which of the fifteen are capitals."""
    suffix = ""
    for start in (0, 5, 10):
        bits = sum(1 << i for i, c in enumerate(id15[start : start + 5]) if "A" <= c <= "Z")
        suffix += CHECKSUM[bits]
    return id15 + suffix


def salesforce_id(prefix, number, series="5e"):
    """Return an 18-character record id; `prefix` is the object's (001 account, 005 user, 006 opportunity)."""
    return salesforce_18(f"{prefix}{series}{in_base(number, BASE62, 15 - len(prefix) - len(series))}")


def slack_user_id(email):
    """Return a readable Slack user id: ana.lima@example.com is U0ANALIMA."""
    return "U0" + re.sub(r"[^A-Z0-9]", "", email.split("@")[0].upper())[:12]


def slack_digest_id(letter, text):
    """Return a conversation id that depends on `text` alone, so that opening the same one twice finds it again."""
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")
    return letter + in_base(number, BASE36, 10)


def pick(number, salt, options):
    """Choose one of `options` by number and salt; the same on every machine and every Python."""
    digest = hashlib.sha256(f"{number}/{salt}".encode()).digest()
    return options[int.from_bytes(digest[:4], "big") % len(options)]

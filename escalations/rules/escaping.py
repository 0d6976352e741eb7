"""Foreign text on its way out: nothing in it may mention, link, run or reorder anything in the channel it goes to."""

import re
import unicodedata

# Bidirectional and invisible controls: they make text read other than it is written.
CONTROLS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c\u180e]")


def one_line(text: str, most: int = 300) -> str:
    """Foreign text as one printable line of at most `most` characters."""
    text = text or ""
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(ch) in ("Cc", "Zl", "Zp") else ch for ch in CONTROLS.sub("", text))
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def slack(text: str) -> str:
    """Text for mrkdwn: no mention, no link, no formatting that the template did not write itself."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A zero-width joiner keeps *bold*, `code` and bare links as the characters they are.
    return re.sub(r"(?<![\w])([*_~`])(?=\S)", "\\1\u2060", re.sub(r"(?i)(https?|mailto|ftp):", "\\1\u2060:", text))


def slack_link(url: str, label: str) -> str:
    """A link of our own making; `url` is refused unless it is plain https without Slack's control characters."""
    if not re.fullmatch(r"https?://[^\s<>|\"]+", url):
        return slack(label)
    return f"<{url.replace('&', '&amp;')}|{slack(label).replace('|', '¦')}>"


def note(text: str) -> str:
    """Text for a Zendesk note: Zendesk renders {{placeholders}} in it, so they are broken up."""
    return re.sub(r"\{(?=[{%])", "{\u2060", text)

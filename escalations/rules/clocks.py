"""Instants in a message: written once, in UTC, and shown by Slack in each reader's own time.

Only those that the template itself wrote, by their words: what stands in a name, a subject or somebody's own words stays as it is.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from .calendar import spoken_instant

TOKEN = re.compile(r"<!date\^(\d{1,12})\^\{date_short_pretty\} at \{time\}\|([^<>|]*)>", re.ASCII)


def own(instants: Iterable[datetime | None], now: datetime) -> dict[str, datetime]:
    """The instants that a template writes, by their words."""
    return {spoken_instant(at, now): at for at in instants if at}


def slack_times(escaped: str, instants: Mapping[str, datetime]) -> str:
    """Text for mrkdwn with each of these instants, by its words, as Slack's own token."""
    if not instants:
        return escaped
    words = "|".join(map(re.escape, instants))
    return re.sub(rf"(?<!\w)(?:{words})(?![\w+-])", lambda found: _token(found[0], instants[found[0]]), escaped)


def in_words(text: str) -> str:
    """The same text as it is read where Slack does not show it: each token as its words, in UTC."""
    return TOKEN.sub(r"\2", text)


def _token(words: str, at: datetime) -> str:
    if at.timestamp() < 0:  # Slack counts from 1970
        return words
    return f"<!date^{int(at.replace(second=0).timestamp())}^{{date_short_pretty}} at {{time}}|{words}>"

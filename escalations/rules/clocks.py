"""Instants in a message: written once, in UTC, and shown by Slack in each reader's own time.

Slack's token is made of the numbers alone, so that what stands in a name or in somebody's own words cannot make another one.
"""

import re
from datetime import UTC, datetime

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# As calendar.spoken_instant writes it.
INSTANT = re.compile(rf"(?<!\w)(\d{{1,2}}) ({'|'.join(MONTHS)})(?: (\d{{4}}))?, (\d\d):(\d\d) UTC(?!\w)", re.ASCII)
TOKEN = re.compile(r"<!date\^(\d{1,12})\^\{date_short_pretty\} at \{time\}\|([^<>|]*)>", re.ASCII)
# When a value was read says how old it is, not what is sent: it is newer each time that the facts are read again.
READ = re.compile(rf", read (?:{TOKEN.pattern}|{INSTANT.pattern})", re.ASCII)


def slack_times(escaped: str, year: int) -> str:
    """Text for mrkdwn with every instant as Slack's own token; `year` is that of an instant which names none."""
    return INSTANT.sub(lambda found: _token(found, year), escaped)


def in_words(text: str) -> str:
    """The same text as it is read where Slack does not show it: each token as its words, in UTC."""
    return TOKEN.sub(r"\2", text)


def without_reading_times(text: str) -> str:
    return READ.sub("", text)


def _token(found: re.Match, year: int) -> str:
    day, month, own_year, hour, minute = found.groups()
    try:
        at = datetime(int(own_year or year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), tzinfo=UTC)
    except ValueError:
        return found[0]
    if at.timestamp() < 0:  # Slack counts from 1970
        return found[0]
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{found[0]}>"

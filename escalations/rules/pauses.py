"""Paused notifications in Slack (do-not-disturb): who is not alerted now, and who is not there at all for days.

Most people's are paused every night: that is no absence, it is said beside their working hours. One that is longer than a
weekend is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .facts import Facts, Seen

KEY = "pauses"
LONG = timedelta(hours=72)  # notifications on weekdays only are paused from Friday evening to Monday morning
NAMED = timedelta(days=180)  # an end further away is none that somebody set as a date


@dataclass(frozen=True)
class Pause:
    """From when until when Slack alerts somebody of nothing; `seen_at` is when it said so."""

    begins: datetime
    ends: datetime
    seen_at: datetime

    def holds(self, now: datetime) -> bool:
        return self.begins <= now < self.ends

    @property
    def is_absence(self) -> bool:
        """By what was known when it was read: looking at the page later changes nobody's mind."""
        return self.holds(self.seen_at) and self.ends - self.seen_at > LONG

    @property
    def words(self) -> str:
        """notifications are paused until Tue 8 Dec."""
        until = f" until {self.ends:%a} {self.ends.day} {self.ends:%b}" if self.ends - self.seen_at < NAMED else ""
        return f"notifications are paused{until}"


def pause_of(facts: Facts, slack_id: str) -> Pause | None:
    """The pause that holds or comes next; None where there is none, or nobody could tell."""
    seen = facts.get("slack", KEY)
    return _read(seen, slack_id) if seen else None


def absent(seen: Seen, now: datetime) -> dict[str, list[str]]:
    """Of what was read, the pauses that are an absence which has not ended yet."""
    found = {slack_id: _read(seen, slack_id) for slack_id in _spans(seen)}
    return {slack_id: _spans(seen)[slack_id] for slack_id, pause in found.items() if pause and pause.is_absence and pause.holds(now)}


def not_told(facts: Facts) -> Seen | None:
    """What Slack said instead of who has paused their notifications."""
    seen = facts.get("slack", KEY)
    return seen if seen and (seen.stale or not seen.known) else None


def _spans(seen: Seen) -> dict:
    return seen.value if seen.known and isinstance(seen.value, dict) else {}


def _read(seen: Seen, slack_id: str) -> Pause | None:
    try:
        begins, ends = (datetime.fromisoformat(text) for text in _spans(seen).get(slack_id) or ())
        return Pause(begins, ends, seen.seen_at) if begins.tzinfo and ends.tzinfo else None
    except (TypeError, ValueError):
        return None

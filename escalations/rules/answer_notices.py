"""What the author is told about an answer, or about its absence. Nothing of the ticket stands in it, unless who answered wrote of it. Pure."""

from datetime import date

from . import escaping
from .calendar import spoken_day
from .withdrawal import both_ways

ANSWERS = {
    "acknowledged": ("has it", "Open the escalation"),
    "not_mine": ("says that it is not theirs; a draft for the next step is prepared", "Review the draft"),
}


def answer_notice(reference: str, what: str, who: str, url: str, own: str = "") -> dict:
    """`own`: their own words, one line."""
    words, label = ANSWERS[what]
    said = f"{reference}: {escaping.one_line(who, 80)} {words}"
    quoted = f": “{escaping.one_line(own, 250)}”" if own else "."
    return both_ways(said + quoted, label, url, subject=said)


def overdue_notice(reference: str, who: str, until: date, url: str) -> dict:
    name = escaping.one_line(who, 80) or "nobody"
    said = f"{reference}: {name} has {'not ' if who else ''}answered by {spoken_day(until)}. Record what you were told, or ask again."
    return both_ways(said, "Open the escalation", url, subject=f"{reference}: no answer yet")


def correction_notice(reference: str, means: str, who: str, url: str) -> dict:
    """Of an escalation that waits, and will not be sent to its person: what was said, without what somebody wrote."""
    name = escaping.one_line(who, 80)
    said = f"{reference} is not sent yet, and {name} will not be told: {escaping.one_line(means, 160)}. Undo it now, and its draft finds who is told."
    return both_ways(said, "Open the escalation", url, subject=f"{reference}: {name} will not be told")

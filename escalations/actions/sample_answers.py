"""What became of a sample: who answered when, in time, late or never, and how it was closed. All of it before `now`."""

from datetime import datetime, timedelta
from random import Random

from escalations.models import Delivery, Escalation, FollowUp
from escalations.models.people import name_of
from escalations.rules.follow_up import NOT_MINE_REASONS
from escalations.rules.states import ARRIVED

from . import sample_facts

# Of a hundred: who was asked answers by the day, after it, or never.
ANSWERED = {"in time": 80, "late": 12, "never": 8}
REFUSED = 0.12
ENDED = {"done": 78, "handed_over": 8, "not_needed": 14}
REFUSED_ENDED = {"handed_over": 85, "not_needed": 15}
NEVER_CLOSED = 0.12


def answers(row: Escalation, deliveries: list[Delivery], *, now: datetime, random: Random) -> list[FollowUp]:
    """What was said of it, oldest first, not yet stored; the row's follow-up is then where that leads to.

    Nobody answers, or is late, who was not told.
    """
    if row.state == "cancelled" or not any(delivery.state in ARRIVED for delivery in deliveries):
        return []
    said = [one for one in _story(row, random) if one.recorded_at < now]
    if said:
        row.follow_up = said[-1].what
    elif row.overdue_at and row.overdue_at <= now:
        row.follow_up = "overdue"
    return said


def _story(row: Escalation, random: Random) -> list[FollowUp]:
    """As if time went on for ever; what is still to come is left out afterwards."""
    if not row.overdue_at:
        return [_first(row, _hours(row.submitted_at, random, 1, 30), random)] if random.random() < 0.2 else []
    when = random.choices(list(ANSWERED), list(ANSWERED.values()))[0]
    if when == "never":
        return [_closed(row, _hours(row.overdue_at, random, 30, 120), "no_answer")] if random.random() < 0.7 else []
    time_given = row.overdue_at - row.submitted_at
    at = row.submitted_at + time_given * (0.01 + 0.98 * random.random() ** 3) if when == "in time" else _hours(row.overdue_at, random, 8, 40)
    first = _first(row, at, random)
    if random.random() < NEVER_CLOSED:
        return [first]
    ended = REFUSED_ENDED if first.what == "not_mine" else ENDED
    disposition = random.choices(list(ended), list(ended.values()))[0]
    to = random.choice(sample_facts.OWNERS) if disposition == "handed_over" else ""
    return [first, _closed(row, _hours(at, random, 2, 96), disposition, to)]


def _hours(after: datetime, random: Random, least: float, most: float) -> datetime:
    return after + timedelta(hours=random.uniform(least, most))


def _first(row: Escalation, at: datetime, random: Random) -> FollowUp:
    """From who was told, as the author recorded it; only who was told by name can refuse."""
    refused = row.overdue_at and row.contact_email and random.random() < REFUSED
    reason = random.choice(NOT_MINE_REASONS) if refused else ""
    return _said(row, "not_mine" if refused else "acknowledged", row.contact_name or row.role_name, at, reason=reason)


def _closed(row: Escalation, at: datetime, disposition: str, to: str = "") -> FollowUp:
    return _said(row, "closed", name_of(row.author), at, disposition=disposition, handed_to=to)


def _said(row: Escalation, what: str, who: str, at: datetime, **more: str) -> FollowUp:
    return FollowUp(escalation=row, what=what, said_by=who, recorded_by=row.author, recorded_at=at, **more)

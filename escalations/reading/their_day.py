"""Where the person who would be told is in their day: their time, whether Slack alerts them, who can act, and their next morning."""

from dataclasses import dataclass
from datetime import datetime

from escalations.rules.facts import Facts
from escalations.rules.mapping import Mapping
from escalations.rules.pauses import Pause, not_told, pause_of
from escalations.rules.plan import Plan
from escalations.rules.working_hours import Hours, hours, in_time, weekday_and_time


@dataclass(frozen=True)
class TheirDay:
    """`pause`: of their notifications, while it holds. `unread`: why nobody knows of one, "" where it is known or does not matter.
    `act_now`: who can act while they do not. `morning`: the second button's words, "" where nothing waits."""

    hours: Hours | None = None
    pause: Pause | None = None
    unread: str = ""
    act_now: str = ""
    morning: str = ""


def their_day(plan: Plan | None, facts: Facts, mapping: Mapping, now: datetime) -> TheirDay:
    if plan is None:
        return TheirDay()
    pause = pause_of(facts, plan.contact.slack_id)
    pause = pause if pause and pause.holds(now) else None
    found = in_time(hours(mapping, plan.contact.timezone, now, pause), plan.ask_by)
    unread = not_told(facts) if plan.contact.slack_id else None
    return TheirDay(found, pause, unread.trouble if unread else "", _act_now(found, facts), _morning(found, plan))


def _act_now(found: Hours | None, facts: Facts) -> str:
    """Nobody is paged for what has a normal priority or a low one."""
    waits = facts.ticket and facts.ticket.priority in ("normal", "low")
    return found.act_now if found and not waits else ""


def _morning(found: Hours | None, plan: Plan) -> str:
    """Send Mon 08:00 their time. Nobody sleeps through what mentions nobody."""
    waits = found and found.send_at and any(leg.mentions or leg.cc for leg in plan.legs)
    return f"Send {weekday_and_time(found.send_at, found.now)} their time" if waits else ""

"""Where the person who would be told is in their day: their time, whether Slack alerts them, who can act, and their next morning."""

from dataclasses import dataclass
from datetime import datetime

from escalations.rules.corrections import otherwise_then
from escalations.rules.escaping import one_line
from escalations.rules.facts import Facts
from escalations.rules.mapping import Mapping
from escalations.rules.pauses import Pause, not_told, pause_of
from escalations.rules.plan import Plan
from escalations.rules.working_hours import Hours, calendar_of, hours, in_time, weekday_and_time, zone_named


@dataclass(frozen=True)
class TheirDay:
    """`pause`: of their notifications, while it holds. `unread`: why nobody knows of one, "" where it is known or does not matter.
    `not_known`: why there are no `hours`, as a sentence. `act_now`: who can act while they do not, or while nobody knows. `morning`: the
    second button's words, "" where nothing waits. `no_morning`: why it is not offered, where that was somebody's word, as sentences."""

    hours: Hours | None = None
    not_known: str = ""
    pause: Pause | None = None
    unread: str = ""
    act_now: str = ""
    morning: str = ""
    no_morning: str = ""


def their_day(plan: Plan | None, facts: Facts, mapping: Mapping, now: datetime) -> TheirDay:
    if plan is None:
        return TheirDay()
    pause = pause_of(facts, plan.contact.slack_id)
    pause = pause if pause and pause.holds(now) else None
    found = in_time(hours(mapping, plan.contact.timezone, now, pause), plan.ask_by)
    unread = not_told(facts) if plan.contact.slack_id else None
    not_known = "" if found else _not_known(plan)
    act_now = _act_now(found, not_known, mapping, facts)
    return TheirDay(found, not_known, pause, unread.trouble if unread else "", act_now, *_morning(found, plan, facts, now))


def _not_known(plan: Plan) -> str:
    """Nothing where nobody is looked for: then it is for whoever reads the channel."""
    contact = plan.contact
    if not contact.person:
        return "Nobody may see it soon: nobody is mentioned." if plan.scenario.wants_person else ""
    zone = contact.timezone
    if zone_named(zone):
        return f"When they work is not known: the mapping has no calendar for their time zone, {zone}."
    no_zone = f"“{one_line(zone, 60)}”, which Slack has for them, is no time zone" if zone else "Slack has no time zone for them"
    why = no_zone if contact.slack_id else contact.slack_unread or "Slack does not know them"
    return f"Their local time is not known: {why}."


def _act_now(found: Hours | None, not_known: str, mapping: Mapping, facts: Facts) -> str:
    """Nobody is paged for what has a normal priority or a low one. Where no time is known, it may be night."""
    if facts.ticket and facts.ticket.priority in ("normal", "low"):
        return ""
    calendar = calendar_of(mapping, "") if not_known else None
    return found.act_now if found else calendar.act_now if calendar else ""


def _morning(found: Hours | None, plan: Plan, facts: Facts, now: datetime) -> tuple[str, str]:
    """Send Mon 08:00 their time, or why not. Nobody sleeps through what mentions nobody."""
    if not found or not found.send_at or not any(leg.mentions or leg.cc for leg in plan.legs):
        return "", ""
    at = f"{weekday_and_time(found.send_at, found.now)} their time"
    said = otherwise_then(facts, plan.scenario.role, plan.contact.person, now, found.send_at)
    return ("", f"To wait for {at} is not offered: by then {said.says}.") if said else (f"Send {at}", "")

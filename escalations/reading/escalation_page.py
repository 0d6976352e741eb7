"""One escalation whole, as its page shows it."""

from datetime import UTC, datetime, timedelta
from math import ceil

from django.conf import settings

from escalations.models import Delivery, Escalation, Lane
from escalations.models.active import active
from escalations.models.delivery import NOTICE, WITHDRAWAL
from escalations.models.facts import facts_from_json
from escalations.models.planning import is_restricted, told_by_name
from escalations.models.said import can_be_given_back, is_stopped, said_otherwise
from escalations.rules.answer_link import copied
from escalations.rules.contacts import zone_of
from escalations.rules.facts import Facts
from escalations.rules.mapping import Mapping
from escalations.rules.states import ARRIVED, SETTLED
from escalations.rules.together import ALSO
from escalations.rules.working_hours import hours, place_of, weekday_and_time, zone_named

from .follow_up import UNSAID, answer_of
from .legs import legs
from .seen import shown_facts
from .trail import trails
from .withdrawing import can_be_withdrawn

LONG_SECONDS = 60
SOON_SECONDS = 120  # what is sent later than this is told by the clock, and not counted down


def escalation_page(escalation: Escalation, *, now: datetime) -> dict:
    """Everything it shows: deliveries with their trail, facts as seen, whether all has settled, whom notices told."""
    rows = list(escalation.deliveries.order_by("pk"))
    deliveries = [row for row in rows if row.purpose != NOTICE]
    settled = all(row.state in SETTLED for row in deliveries)
    pauses = {} if settled else _pauses(now)
    held = _held_seconds(escalation, deliveries, now)
    named, facts = bool(told_by_name(deliveries)), facts_from_json(escalation.facts)
    zone, mapping = _zone(escalation, facts), active().mapping
    return {
        "legs": legs(deliveries, trails(deliveries), pauses, now=now),
        "told": {row.pk: _told(escalation, row) for row in rows if row.purpose == NOTICE},
        "can_be_withdrawn": can_be_withdrawn(escalation, deliveries),
        "held_seconds": held,
        "scheduled": _scheduled(escalation, zone, now) if held > SOON_SECONDS else "",
        "otherwise": _otherwise(escalation, deliveries, held, now),
        "told_already": any(row.state in ARRIVED and row.names_somebody for row in deliveries),
        "stopped": [row for row in deliveries if is_stopped(row)],
        "can_be_given_back": can_be_given_back([row for row in deliveries if row.purpose != WITHDRAWAL]),
        "only_by_note": _only_by_note(escalation, deliveries, facts),
        "asks": escalation.answer_on is not None,
        "named": named,
        "also": second_reasons(escalation, mapping),
        "answer": answer_of(escalation, now=now),
        "their_hours": hours(mapping, zone, now) if escalation.waits and named else None,
        "to_copy": _to_copy(escalation),
        "settled": settled,
        "all_taken_back": _all_taken_back(deliveries),
        "takes_long": not settled and _takes_long(escalation, now),
        "shown": shown_facts(facts, is_restricted(escalation.instance)),
        "edited": [
            (part, escalation.texts["original"].get(part, ""), text)
            for part, text in escalation.texts.get("sent", {}).items()
            if text != escalation.texts["original"].get(part)
        ],
    }


def _otherwise(escalation: Escalation, deliveries: list[Delivery], held: int, now: datetime):
    """What will stop it when it is tried, if it were tried now or, while it is held, at its hour."""
    waits = any(row.state == "pending" and row.names_somebody for row in deliveries)
    return said_otherwise(escalation, at=escalation.hold_until if held else now) if waits else None


def still_held(escalation: Escalation, *, now: datetime) -> dict:
    """Of `escalation_page`, for a page that is about something else: for how long Undo is offered, and when it is sent where that is later."""
    waits = escalation.hold_until is not None and escalation.hold_until > now
    held = _held_seconds(escalation, list(escalation.deliveries.exclude(purpose=NOTICE)), now) if waits else 0
    later = held > SOON_SECONDS
    return {"held_seconds": held, "scheduled": _scheduled(escalation, _zone(escalation, facts_from_json(escalation.facts)), now) if later else ""}


def _to_copy(escalation: Escalation) -> str:
    """The text for copy and paste, with the link to answer by."""
    if escalation.sample or not escalation.copy_text:
        return escalation.copy_text
    url = settings.PORTAL_URL + escalation.get_answer_url()
    return copied(escalation.copy_text, url, named=bool(escalation.contact_email))


def _all_taken_back(deliveries: list[Delivery]) -> bool:
    """Whether nothing that arrived still stands as it was sent."""
    back = {row.origin_id for row in deliveries if row.purpose == WITHDRAWAL and row.state in ARRIVED}
    return all(row.pk in back for row in deliveries if row.purpose != WITHDRAWAL and row.state in ARRIVED)


def _told(escalation: Escalation, notice: Delivery) -> str:
    """Whom a notice tells. One that went by e-mail instead of Slack has the address only."""
    label, author = notice.place.get("label", ""), escalation.author
    return author.get_full_name() or label if label == author.email else label


def _pauses(now: datetime) -> dict[tuple[str, str], datetime]:
    """Until when nothing is sent in a lane, or looked for: a look waits only for what the service itself asked for."""
    found = {}
    for lane in Lane.objects.all():
        found |= {(lane.key, "pending"): lane.paused_until, (lane.key, "uncertain"): lane.asked_until}
    return {what: until for what, until in found.items() if until and until > now}


def _only_by_note(escalation: Escalation, deliveries: list[Delivery], facts: Facts) -> bool:
    """Whether the note alone reaches who is told, as Slack does not know them, and nobody has said anything yet."""
    in_slack = (facts.value("slack", f"person:{escalation.contact_email.lower()}") or {}).get("id")
    added, mentioned = (any(getattr(row, how) for row in deliveries) for how in ("cc", "mentions"))
    return added and not mentioned and not in_slack and not escalation.withdrawn_at and escalation.follow_up in UNSAID


def _takes_long(escalation: Escalation, now: datetime) -> bool:
    begun = max(filter(None, (escalation.submitted_at, escalation.hold_until)))
    return now - begun > timedelta(seconds=LONG_SECONDS)


def _held_seconds(escalation: Escalation, deliveries: list[Delivery], now: datetime) -> int:
    """How long Undo is still offered, rounded up; 0 once it is over, or something was done already."""
    if escalation.hold_until is None or any(row.state != "pending" for row in deliveries):
        return 0
    return max(0, ceil((escalation.hold_until - now).total_seconds()))


def _zone(escalation: Escalation, facts: Facts) -> str:
    """Where who is told is, as Slack said before Send."""
    return zone_of(facts.slack_person(escalation.contact_email))


def _scheduled(escalation: Escalation, zone: str, now: datetime) -> str:
    """When it is sent, where the recipient is, and in UTC, where it may be another day: Mon 08:00 in Sydney (Sun 21:00 UTC)."""
    at = escalation.hold_until.astimezone(UTC)
    there = zone_named(zone)
    if there is None:
        return f"{weekday_and_time(at, now.astimezone(UTC))} UTC"
    local = at.astimezone(there)
    return f"{weekday_and_time(local, now.astimezone(there))} in {place_of(zone)} ({at:%a %H:%M} UTC)"


def second_reasons(escalation: Escalation, mapping: Mapping) -> tuple[str, ...]:
    """What it was sent for beside its scenario: titles of this mapping, a key where it has none any more."""
    keys = filter(None, escalation.answers.get(ALSO, "").split(","))
    return tuple(row.title if (row := mapping.scenario(key)) else key for key in keys)

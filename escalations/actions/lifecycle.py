"""From a reviewed draft to an escalation: planned again, compared with what was seen, written whole or not at all."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError

from escalations.models import Draft, Escalation, MappingVersion
from escalations.models.active import active
from escalations.models.clock import database_now
from escalations.models.facts import facts_of
from escalations.models.planning import plan_of
from escalations.rules import states
from escalations.rules.corrections import otherwise_then
from escalations.rules.facts import Facts
from escalations.rules.mapping import Mapping
from escalations.rules.plan import Plan, differences, shown
from escalations.rules.problems import blocking
from escalations.rules.working_hours import hours, in_time

from .ownership import wake
from .records import delivery_row, escalation_row
from .unit import unit
from .wizard import NotLive

ANOTHER_MORNING = "The time at which it would be sent is another one now, they are back at work, or somebody else is told then. Choose again when it is sent."


class Changed(Exception):
    """What would be sent now is not what was reviewed; `said` are the differences in sentences."""

    def __init__(self, said: tuple[str, ...]):
        super().__init__(" ".join(said))
        self.said = said


class CannotSend(Exception):
    """Something stands in the way; `reasons` are sentences for the page."""

    def __init__(self, reasons: tuple[str, ...]):
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def morning_of(plan: Plan, facts: Facts, mapping: Mapping, now: datetime) -> datetime | None:
    """When a message that waits for the recipient's morning is sent; None where that is not offered."""
    found = in_time(hours(mapping, plan.contact.timezone, now), plan.ask_by)
    at = found.send_at if found else None
    return None if at and otherwise_then(facts, plan.scenario.role, plan.contact.person, now, at) else at


def _as_reviewed(draft: Draft, facts: Facts, mapping: Mapping, digest: str, *, now: datetime, at: datetime | None) -> Plan:
    """What would be sent now, if it can be and is what was reviewed. Raises CannotSend or Changed."""
    plan = plan_of(draft, mapping, now.date(), facts, now=now)
    if plan is None:
        raise CannotSend(("Choose a situation first.",))
    if not plan.can_be_sent:
        raise CannotSend(
            tuple(f"{p.text} {p.way_out}".strip() for p in blocking(plan.problems)) or ("There is nothing to send.",)
        )
    if plan.digest != digest:
        raise Changed(differences(draft.shown, shown(plan)) or ("What would be sent has changed since you looked.",))
    if at and at != morning_of(plan, facts, mapping, now):
        raise Changed((ANOTHER_MORNING,))
    return plan


def submit(draft: Draft, *, digest: str, by, now: datetime, at: datetime | None = None) -> Escalation:
    """Write the escalation, one delivery a leg and the audit event in one transaction.

    `digest` is the reviewed one, from the seal. `at`: the recipient's morning, as the review offered it; what is known now is sent
    then. Raises Changed, CannotSend or NotLive; a second submit gives the first one's escalation.
    """
    sent = Escalation.objects.filter(draft=draft).first()
    if sent:
        return sent
    states.check_move("draft", draft.state, "submitted")
    in_force, facts = active(), facts_of(draft)
    plan = _as_reviewed(draft, facts, in_force.mapping, digest, now=now, at=at)
    try:
        with unit(by=by.username, now=now) as opened:
            version = MappingVersion.objects.defer("content").get(number=in_force.number)
            escalation = escalation_row(
                plan, facts, in_force.mapping, version, author=by, at=now, chosen_by=draft.scenario_by, draft=draft
            )
            due = at or database_now() + timedelta(seconds=settings.SEND_HOLD_SECONDS)
            escalation.hold_until = due if at or settings.SEND_HOLD_SECONDS else None
            escalation.save()
            for leg in plan.legs:
                delivery_row(escalation, leg, at=due).save()
            live = Draft.objects.filter(pk=draft.pk, author=by, state__in=states.LIVE)
            if not live.update(state="submitted", updated_at=now):
                raise NotLive
            opened.record(
                "escalation.submitted",
                escalation.reference,
                scenario=plan.scenario.key,
                version=in_force.number,
                legs=[leg.key for leg in plan.legs],
                **({"at": at.isoformat()} if at else {}),
            )
            wake()
    except IntegrityError:
        sent = Escalation.objects.filter(draft=draft).first()
        if sent is None:
            raise
        return sent
    return escalation

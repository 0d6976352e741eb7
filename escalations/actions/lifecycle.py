"""From a reviewed draft to an escalation: planned again, compared with what was seen, written whole or not at all."""

import uuid
from datetime import datetime

from django.db import IntegrityError

from escalations.models import Delivery, Draft, Escalation, MappingVersion
from escalations.models.active import active
from escalations.models.facts import facts_as_json, facts_of
from escalations.models.planning import plan_of
from escalations.rules import explanation, states, suggest
from escalations.rules.facts import Facts
from escalations.rules.plan import Plan, PlannedLeg, differences, shown
from escalations.rules.problems import blocking

from .unit import unit
from .wizard import NotLive


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


def submit(draft: Draft, *, digest: str, by, now: datetime) -> Escalation:
    """Write the escalation, one delivery a leg and the audit event in one transaction.

    `digest` is the reviewed one, from the seal. Raises Changed, CannotSend or NotLive; a second submit gives the first one's escalation.
    """
    sent = Escalation.objects.filter(draft=draft).first()
    if sent:
        return sent
    states.check_move("draft", draft.state, "submitted")
    in_force = active()
    facts = facts_of(draft)
    plan = plan_of(draft, in_force.mapping, now.date(), facts)
    if plan is None:
        raise CannotSend(("Choose a situation first.",))
    if not plan.can_be_sent:
        raise CannotSend(
            tuple(f"{p.text} {p.way_out}".strip() for p in blocking(plan.problems)) or ("There is nothing to send.",)
        )
    if plan.digest != digest:
        raise Changed(differences(draft.shown, shown(plan)) or ("What would be sent has changed since you looked.",))
    try:
        with unit(by=by.username, now=now, durable=False) as opened:
            escalation = _write(draft, plan, facts, in_force.number, by, now)
            for leg in plan.legs:
                _delivery(escalation, leg, now)
            live = Draft.objects.filter(pk=draft.pk, state__in=("open", "reviewed"))
            if not live.update(state="submitted", updated_at=now):
                raise NotLive
            opened.record(
                "escalation.submitted",
                escalation.reference,
                scenario=plan.scenario.key,
                version=in_force.number,
                legs=[leg.key for leg in plan.legs],
            )
    except IntegrityError:
        sent = Escalation.objects.filter(draft=draft).first()
        if sent is None:
            raise
        return sent
    return escalation


def _write(draft: Draft, plan: Plan, facts: Facts, number: int, by, now: datetime) -> Escalation:
    mapping = active().mapping
    role = mapping.role(plan.scenario.role)
    ticket, customer = facts.ticket, facts.customer
    organization = ticket.organization
    card = suggest.card_of(suggest.rank(mapping, facts, now.date()), plan.scenario.key)
    chain = explanation.explain(plan, card, facts, number, draft.scenario_by)
    person = plan.contact.person
    return Escalation.objects.create(
        draft=draft,
        author=by,
        instance=draft.instance,
        ticket_id=draft.ticket_id,
        ticket_url=ticket.url,
        customer_name=((customer and customer.name) or (organization and organization.name) or "")[:255],
        account_id=customer.id if customer else "",
        role_key=role.key,
        role_name=role.name,
        scenario_key=plan.scenario.key,
        scenario_title=plan.scenario.title,
        contact_name=person.name[:255] if person else "",
        contact_email=person.email[:254] if person else "",
        contact_as=plan.contact.as_what,
        mapping_version=MappingVersion.objects.get(number=number),
        follow_up="awaiting_reply" if plan.scenario.tone == "involve" else "none",
        submitted_at=now,
        day=now.date(),
        facts=facts_as_json(facts),
        answers=plan.flow.answers,
        explanation=explanation.as_json(chain),
        texts={"original": dict(plan.original), "sent": dict(plan.texts)},
        copy_text=plan.copy_text,
    )


def _delivery(escalation: Escalation, leg: PlannedLeg, now: datetime) -> Delivery:
    return Delivery.objects.create(
        escalation=escalation,
        key=uuid.uuid4(),
        leg_key=leg.key,
        system=leg.system,
        purpose=leg.purpose,
        target=leg.target,
        place=leg.stored_place,
        visibility=leg.visibility,
        content=leg.content,
        mentions=leg.mentions,
        cc=leg.cc,
        due_at=now,
    )

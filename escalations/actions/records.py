"""The rows that a plan becomes, not yet saved: one place for Send and for the samples."""

import uuid
from datetime import datetime

from escalations.models import Delivery, Draft, Escalation, MappingVersion
from escalations.models.facts import facts_as_json
from escalations.rules import explanation, suggest
from escalations.rules.facts import Facts
from escalations.rules.mapping import Mapping
from escalations.rules.plan import Plan, PlannedLeg


def escalation_row(
    plan: Plan,
    facts: Facts,
    mapping: Mapping,
    version: MappingVersion,
    *,
    author,
    at: datetime,
    chosen_by: str,
    draft: Draft | None = None,
) -> Escalation:
    """What is kept for ever: names as they were, facts as seen, the explanation, both versions of the words."""
    role, ticket, customer, person = mapping.role(plan.scenario.role), facts.ticket, facts.customer, plan.contact.person
    card = suggest.card_of(suggest.rank(mapping, facts, at.date()), plan.scenario.key)
    chain = explanation.explain(plan, card, facts, version.number, chosen_by)
    return Escalation(
        draft=draft,
        author=author,
        instance=ticket.instance,
        ticket_id=ticket.id,
        ticket_url=ticket.url,
        customer_name=facts.customer_name[:255],
        account_id=customer.id if customer else "",
        role_key=role.key,
        role_name=role.name,
        scenario_key=plan.scenario.key,
        scenario_title=plan.scenario.title,
        contact_name=person.name[:255] if person else "",
        contact_email=person.email[:254] if person else "",
        contact_as=plan.contact.as_what,
        mapping_version=version,
        follow_up="awaiting_reply" if plan.scenario.tone == "involve" else "none",
        submitted_at=at,
        day=at.date(),
        facts=facts_as_json(facts),
        answers=plan.flow.answers,
        explanation=explanation.as_json(chain),
        texts={"original": dict(plan.original), "sent": dict(plan.texts)},
        copy_text=plan.copy_text,
    )


def delivery_row(escalation: Escalation, leg: PlannedLeg, *, at: datetime, key: uuid.UUID | None = None) -> Delivery:
    """The leg with its finished content, due at once; `key` is the marker that travels with the effect."""
    return Delivery(
        escalation=escalation,
        key=key or uuid.uuid4(),
        leg_key=leg.key,
        system=leg.system,
        purpose=leg.purpose,
        target=leg.target,
        place=leg.stored_place,
        visibility=leg.visibility,
        content=leg.content,
        mentions=leg.mentions,
        cc=leg.cc,
        due_at=at,
    )

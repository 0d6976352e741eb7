"""The rows that a plan becomes, not yet saved: one place for Send and for the samples."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings

from escalations.models import Delivery, Draft, Escalation, MappingVersion
from escalations.models.delivery import NOTICE, WITHDRAWAL
from escalations.models.facts import facts_as_json
from escalations.models.people import name_of
from escalations.rules import explanation, suggest, withdrawal
from escalations.rules.answer_link import with_link
from escalations.rules.facts import Facts
from escalations.rules.follow_up import answer_clock
from escalations.rules.legs import PlannedLeg
from escalations.rules.mapping import Mapping
from escalations.rules.plan import Plan

NOBODY_SAID = "nobody, as somebody said"


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
    role, ticket, person = mapping.role(plan.scenario.role), facts.ticket, plan.contact.person
    card = suggest.card_of(suggest.rank(mapping, facts, at.date()), plan.scenario.key)
    chain = explanation.explain(plan, card, facts, version.number, chosen_by)
    clock = answer_clock(plan.ask_by, plan.contact.timezone)
    return Escalation(
        draft=draft,
        author=author,
        instance=ticket.instance,
        ticket_id=ticket.id,
        ticket_url=ticket.url,
        customer_name=facts.customer_name[:255],
        account_id=facts.account_id,
        role_key=role.key,
        role_name=role.name,
        scenario_key=plan.scenario.key,
        scenario_title=plan.scenario.title,
        contact_name=person.name[:255] if person else "",
        contact_email=person.email[:254].lower() if person else "",
        contact_as=plan.contact.as_what or (NOBODY_SAID if plan.contact.withheld else ""),
        mapping_version=version,
        follow_up="awaiting_reply" if clock else "none",
        answer_on=clock.day if clock else None,
        overdue_at=clock.overdue_at if clock else None,
        submitted_at=at,
        day=at.date(),
        facts=facts_as_json(facts),
        answers=plan.answers,
        explanation=explanation.as_json(chain),
        texts={"original": dict(plan.original), "sent": dict(plan.texts), "not_known": plan.flow.not_known},
        copy_text=plan.copy_text,
        cc_because=next((leg.cc_because for leg in plan.legs if leg.cc_because), ""),
    )


def delivery_row(escalation: Escalation, leg: PlannedLeg, *, at: datetime, key: uuid.UUID | None = None) -> Delivery:
    """The leg with its finished content, due at once; `key` is the marker that travels with the effect.

    The link to answer by is added here: its reference is the row's. A sample is not stored yet, and never sent.
    """
    content = leg.content
    if escalation.pk:
        url = settings.PORTAL_URL + escalation.get_answer_url()
        content = with_link(leg.system, content, escalation.reference, url, named=bool(escalation.contact_email))
    return Delivery(
        escalation=escalation,
        key=key or uuid.uuid4(),
        leg_key=leg.key,
        system=leg.system,
        purpose=leg.purpose,
        target=leg.target,
        place=leg.stored_place,
        visibility=leg.visibility,
        content=content,
        mentions=leg.mentions,
        cc=leg.cc,
        due_at=at,
        give_up_at=at + timedelta(seconds=settings.DELIVERY_GIVE_UP_SECONDS),
    )


def withdrawal_row(escalation: Escalation, delivery: Delivery, *, at: datetime) -> Delivery:
    """What takes `delivery` back, once it is known to have arrived: the same target, with who withdrew it and why."""
    who = name_of(escalation.withdrawn_by)
    said = (who, escalation.withdrawn_because, escalation.withdrawn_at, escalation.reference)
    if delivery.system == "slack":
        target = delivery.remote_id  # channel:ts of the message itself
        content = withdrawal.replaced_message(*said, settings.PORTAL_URL + escalation.get_absolute_url())
    else:
        target, ours = delivery.target, _follower_of_ours(delivery)
        body = withdrawal.second_note(*said, escalation.contact_name if ours else "")
        content = {"body": body, "follower": None, "email_cc": None, "remove_follower": ours}
    return _later_row(escalation, delivery, WITHDRAWAL, target, content, at)


def replacement_row(escalation: Escalation, delivery: Delivery, *, target: str, label: str, at: datetime) -> Delivery:
    """The same words to another target of the same system. Mentions stay as they are: they were written for a person."""
    row = _later_row(escalation, delivery, delivery.purpose, target, delivery.content, at)
    kind = "channel" if delivery.system == "slack" else delivery.place["kind"]
    row.place = {"kind": kind, "label": label, "note": "", "people": delivery.place.get("people", {})}
    row.mentions, row.cc, row.visibility = delivery.mentions, delivery.cc, delivery.visibility
    return row


def _follower_of_ours(delivery: Delivery):
    """The follower that this delivery added; None when there was none, or they followed the ticket before."""
    added = delivery.receipt.get("follower_added") and not delivery.receipt.get("follower_was_there", True)
    return delivery.content.get("follower") if added else None


def _later_row(
    escalation: Escalation, delivery: Delivery, purpose: str, target: str, content: dict, at: datetime
) -> Delivery:
    return Delivery(
        escalation=escalation,
        key=uuid.uuid4(),
        leg_key=delivery.leg_key,
        system=delivery.system,
        purpose=purpose,
        origin=delivery,
        target=target,
        place=delivery.place,
        visibility="internal",
        content=content,
        due_at=at,
        give_up_at=at + timedelta(seconds=settings.DELIVERY_GIVE_UP_SECONDS),
    )


def notice_row(
    escalation: Escalation,
    origin: Delivery | None,
    *,
    system: str,
    target: str,
    label: str,
    content: dict,
    at: datetime,
    leg_key: str = NOTICE,
) -> Delivery:
    """A message to one of us about a delivery in trouble; `leg_key` tells the author's from the team leads'. It counts for nothing in the escalation's own state."""
    return Delivery(
        escalation=escalation,
        key=uuid.uuid4(),
        leg_key=leg_key,
        system=system,
        purpose=NOTICE,
        origin=origin,
        target=target,
        place={"kind": "person", "label": label, "note": "", "people": {}},
        visibility="internal",
        content=content,
        due_at=at,
        give_up_at=at + timedelta(seconds=settings.DELIVERY_GIVE_UP_SECONDS),
    )

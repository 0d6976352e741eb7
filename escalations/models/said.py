"""What was said of who is told: the corrections that matter to a draft, as a fact, and those against what is planned already."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from escalations.rules import corrections as rules
from escalations.rules.facts import Facts, Person, Seen
from escalations.rules.sources import people_named
from escalations.rules.states import ARRIVED

from .correction import Correction
from .delivery import Delivery, naming
from .escalation import Escalation
from .facts import facts_from_json
from .planning import is_restricted

OTHERWISE = "said_otherwise"  # the cause of a delivery that was not sent because of that, before the correction's own reference
MOST = 200  # escalations that wait are looked at


def corrections_as_a_fact(facts: Facts, *, now: datetime, restricted: bool = False) -> Seen:
    """What was said of the account and of whoever it names, as `facts` know them."""
    account = facts.account_id
    rows = Correction.objects.not_over(now.date()).filter(account_id__in={"", account}).order_by("pk")
    values = [row.as_value(restricted) for row in rows]
    kept = {row.key for row in rules.that_matter(map(rules.Correction.read, values), people_named(facts), account)}
    return Seen("portal", "corrections", [value for value in values if value["key"] in kept], now)


def said_otherwise(escalation: Escalation, *, at: datetime) -> rules.Correction | None:
    """What counts at the time when it is sent, and did not when it was planned: that somebody else is to be told than its person, or nobody.

    Asked before each mention is sent, so that what it was planned from is read only where something was said of them or their account.
    """
    person, account = Person(escalation.contact_name, escalation.contact_email), escalation.account_id
    if not person.email:
        return None
    rows, restricted = Correction.objects.not_over(at.date()).filter(account_id__in={"", account}).order_by("pk"), is_restricted(escalation.instance)
    said = {row.reference: row.as_value(restricted) for row in rows}
    kept = rules.that_matter(map(rules.Correction.read, said.values()), [person], account)
    if not kept:
        return None
    facts = facts_from_json(escalation.facts)
    counting = facts.having([Seen("portal", "corrections", [said[row.key] for row in kept], at)])
    then = rules.corrections_of(counting, escalation.role_key, at.date(), account)
    before = rules.corrections_of(facts, escalation.role_key, escalation.day, account)
    return rules.otherwise(then, before, person)


def is_stopped(delivery: Delivery) -> bool:
    """Whether it was not sent because of what was said, and is not any more: nothing of it arrived."""
    return delivery.state in ("dead", "closed_not_sent") and delivery.trouble.startswith(OTHERWISE)


def can_be_given_back(legs: list[Delivery]) -> bool:
    """Whether the draft of these legs can be gone on with: nothing was tried yet, or some were stopped and nothing may have arrived."""
    if all(leg.state == "pending" and not leg.tried for leg in legs):
        return bool(legs)
    return any(map(is_stopped, legs)) and not any(leg.state in (*ARRIVED, "sending") or leg.in_doubt for leg in legs)


def planned_before(correction: Correction | None, *, now: datetime) -> list[Escalation]:
    """The escalations of which nothing was tried yet, and whose person `correction` may be about, that will not be sent to them."""
    if correction is None:
        return []
    named = Delivery.objects.filter(naming(), escalation=OuterRef("pk"), state="pending")
    rows = Escalation.objects.real().filter(Exists(named), state="submitted").exclude(contact_email="")
    rows = rows.filter(contact_email__iexact=correction.email) if correction.email else rows
    rows = rows.filter(account_id=correction.account_id) if correction.account_id else rows
    return [row for row in rows.order_by("hold_until", "pk")[:MOST] if said_otherwise(row, at=max(row.hold_until or now, now))]

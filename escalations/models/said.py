"""What was said of who is told: the corrections that matter to a draft, as a fact, and those against what is planned already."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from escalations.rules import corrections as rules
from escalations.rules.facts import Facts, Person, Seen
from escalations.rules.sources import people_named

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

    Asked before each mention is sent, so that what it was planned from is read only where something was said.
    """
    if not escalation.contact_email:
        return None
    about = {"account_id__in": {"", escalation.account_id}, "email__in": {"", escalation.contact_email.lower()}}
    restricted = is_restricted(escalation.instance)
    values = [row.as_value(restricted) for row in Correction.objects.not_over(at.date()).filter(**about).order_by("pk")]
    return _otherwise(escalation, values, at) if values else None


def is_stopped(delivery: Delivery) -> bool:
    """Whether it was not sent because of what was said: nothing of it arrived."""
    return delivery.state == "dead" and delivery.trouble.startswith(OTHERWISE)


def nothing_was_written(legs: list[Delivery]) -> bool:
    """Of all legs of an escalation: each waits untried, or was stopped."""
    return bool(legs) and all(leg.state == "pending" and not leg.tried or is_stopped(leg) for leg in legs)


def planned_before(correction: Correction | None, *, now: datetime) -> list[Escalation]:
    """The escalations that still wait for their hour, of whose person `correction` says otherwise."""
    if correction is None:
        return []
    named = Delivery.objects.filter(naming(), escalation=OuterRef("pk"), state="pending")
    rows = Escalation.objects.real().filter(Exists(named), state="submitted", hold_until__gt=now).exclude(contact_email="")
    rows = rows.filter(contact_email__iexact=correction.email) if correction.email else rows
    rows = rows.filter(account_id__in=("", correction.account_id)) if correction.account_id else rows  # "": it could not be read
    values = [correction.as_value()]
    return [row for row in rows.order_by("hold_until", "pk")[:MOST] if _otherwise(row, values, row.hold_until)]


def _otherwise(escalation: Escalation, values: list[dict], at: datetime) -> rules.Correction | None:
    facts = facts_from_json(escalation.facts)
    then = rules.corrections_of(facts.having([Seen("portal", "corrections", values, at)]), escalation.role_key, at.date())
    before = rules.corrections_of(facts, escalation.role_key, escalation.day)
    return rules.otherwise(then, before, Person(escalation.contact_name, escalation.contact_email))

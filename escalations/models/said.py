"""What was said of who is told: the corrections that matter to a draft, as a fact, and those against what is planned already."""

from datetime import datetime

from escalations.rules import corrections as rules
from escalations.rules.facts import Facts, Person, Seen
from escalations.rules.sources import people_named

from .correction import Correction
from .escalation import Escalation
from .facts import facts_from_json
from .planning import is_restricted

OTHERWISE = "said_otherwise"  # the cause of a delivery that was not sent because of that


def corrections_as_a_fact(facts: Facts, *, now: datetime, restricted: bool = False) -> Seen:
    """What was said of the account and of whoever it names, as `facts` know them."""
    account = facts.account_id
    rows = Correction.objects.not_over(now.date()).filter(account_id__in={"", account}).order_by("pk")
    values = [row.as_value(restricted) for row in rows]
    kept = {row.key for row in rules.that_matter(map(rules.Correction.read, values), people_named(facts), account)}
    return Seen("portal", "corrections", [value for value in values if value["key"] in kept], now)


def said_otherwise(escalation: Escalation, *, at: datetime) -> rules.Correction | None:
    """What counts at the time when it is sent, and did not when it was planned: that somebody else is to be told than its person, or nobody."""
    rows = Correction.objects.not_over(at.date()).filter(account_id__in={"", escalation.account_id})
    if not escalation.contact_email or not rows.exists():  # asked before each mention is sent, and nearly always so
        return None
    facts = facts_from_json(escalation.facts)
    said = corrections_as_a_fact(facts, now=at, restricted=is_restricted(escalation.instance))
    return otherwise(escalation, facts, said, at=at)


def otherwise(escalation: Escalation, facts: Facts, said: Seen, *, at: datetime) -> rules.Correction | None:
    """The same, of what is `said`."""
    if not escalation.contact_email:
        return None
    then = rules.corrections_of(facts.having([said]), escalation.role_key, at.date())
    before = rules.corrections_of(facts, escalation.role_key, escalation.day)
    return rules.otherwise(then, before, Person(escalation.contact_name, escalation.contact_email))

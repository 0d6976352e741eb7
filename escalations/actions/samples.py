"""Past escalations for the first start: decided by the real rules from invented facts, marked as samples, the same every time."""

from datetime import UTC, datetime, time, timedelta
from random import Random

from django.contrib.auth import get_user_model

from escalations.models import Attempt, Delivery, Escalation, FollowUp, MappingVersion
from escalations.models.active import active
from escalations.rules import plan, states, suggest
from escalations.rules.author import Author
from escalations.rules.circumstances import Circumstances
from escalations.rules.facts import Facts
from escalations.rules.mapping import Mapping, Scenario

from . import sample_answers, sample_deliveries, sample_facts
from .records import escalation_row
from .unit import unit

SEED = 20261123
DAYS = 26 * 7
FIRST_TICKET = 50000
AUTHORS = ("engineer", "engineer", "engineer", "teamlead")
WEEKDAYS = (10, 9, 9, 8, 7, 2, 2)  # how much is sent from Monday to Sunday
USUAL = 4
OFTEN = {
    "emergency": 22,
    "customer-asked": 14,
    "pass-lead": 13,
    "expectations-mismatch": 8,
    "training": 7,
    "upgrade-assistance": 6,
}


def make_samples(*, now: datetime, count: int = 300) -> int:
    """Write `count` samples over the 26 weeks before `now`; how many were made.

    None where any escalation exists, or no demo people to have written them.
    """
    authors = {user.username: user for user in get_user_model().objects.filter(username__in=AUTHORS)}
    if len(authors) < len(set(AUTHORS)) or Escalation.objects.exists():
        return 0
    random, in_force = Random(SEED), active()
    version = MappingVersion.objects.get(number=in_force.number)
    made, deliveries, attempts, said = [], [], [], []
    for n, at in enumerate(_instants(now, count, random)):
        scenario = _scenario(in_force.mapping, n, random)
        author = authors[random.choice(AUTHORS)]
        row, legs = _one(in_force.mapping, scenario, version, FIRST_TICKET + n, author, at, random)
        ended = sample_deliveries.deliveries(row, legs, n, random)
        row.state = states.escalation_state([delivery.state for delivery, _ in ended])
        said += sample_answers.answers(row, [delivery for delivery, _ in ended], now=now, random=Random(f"{SEED} {n}"))
        made.append(row)
        deliveries += [delivery for delivery, _ in ended]
        attempts += [attempt for _, tries in ended for attempt in tries]
    with unit(by="portal", now=now, durable=False) as opened:
        Escalation.objects.bulk_create(made)
        Delivery.objects.bulk_create(deliveries)
        Attempt.objects.bulk_create(attempts)
        FollowUp.objects.bulk_create(said)
        opened.record("samples.made", "samples", escalations=len(made), version=in_force.number)
    return len(made)


def _instants(now: datetime, count: int, random: Random) -> list[datetime]:
    """Instants before today, oldest first: few at the weekend, most in the working day, a little more every month."""
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in range(DAYS, 0, -1)]
    weights = [WEEKDAYS[day.weekday()] * (1 + n / DAYS) for n, day in enumerate(days)]
    chosen = random.choices(days, weights, k=count)
    return sorted(
        datetime.combine(day, time(), UTC) + timedelta(hours=random.triangular(0, 23.9, 13)) for day in chosen
    )


def _scenario(mapping: Mapping, n: int, random: Random) -> Scenario:
    """Every scenario once, then some more often than others."""
    rows = [scenario for scenario in mapping.scenarios if not scenario.retired_on and scenario.legs]
    weights = [OFTEN.get(scenario.key, USUAL) for scenario in rows]
    return rows[n] if n < len(rows) else random.choices(rows, weights)[0]


def _one(
    mapping: Mapping, scenario: Scenario, version: MappingVersion, ticket_id: int, author, at: datetime, random: Random
):
    """An unsaved escalation as Send would have written it, with its planned legs."""
    customer = sample_facts.customer_for(scenario, random)
    name = author.get_full_name()
    facts = sample_facts.facts_of(mapping, scenario, ticket_id, customer, name, at - timedelta(minutes=4), random)
    answers = {q.key: random.choice([c.key for c in q.choices if not c.stop]) for q in scenario.questions}
    edits = ((f"{scenario.key}.situation", random.choice(sample_facts.EDITS)),) if random.random() < 0.08 else ()
    writer = Author(name, author.email, sample_facts.slack_id_of(name))
    planned = plan.plan(
        mapping, scenario, answers, facts, Circumstances(writer, at.date(), at - timedelta(minutes=5), edits=edits)
    )
    return _escalation(mapping, planned, facts, version, author, at), planned.legs


def _escalation(
    mapping: Mapping, planned: plan.Plan, facts: Facts, version: MappingVersion, author, at: datetime
) -> Escalation:
    card = suggest.selected(suggest.rank(mapping, facts, at.date()))
    chosen_by = "facts" if card and card.scenario.key == planned.scenario.key else "engineer"
    row = escalation_row(planned, facts, mapping, version, author=author, at=at, chosen_by=chosen_by)
    row.sample, row.ticket_url = True, ""
    return row

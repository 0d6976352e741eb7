"""What makes one message of several: a second reason for the same role, and an earlier thread about the same ticket."""

from dataclasses import replace
from datetime import date

from .mapping import Mapping, Scenario

# Kept among the answers. No question of a mapping can have such a key: it is no slug.
ALSO = "also for"
JOINING = "joining the thread"
# How a thread about the same ticket is gone on with, beside "as the row says".
JOINS = {
    "note": "Add a note: the same thread, nobody is mentioned and nothing is asked",
    "ask": "Now I need something: the same thread, with a mention and an ask",
}


def more_reasons(mapping: Mapping, scenario: Scenario, day: date) -> tuple[Scenario, ...]:
    """The rows that can be a second reason: of the same role, in force, and without a question of their own."""
    return tuple(
        row for row in mapping.scenarios
        if row.role == scenario.role and row.key != scenario.key and row.in_force(day) and not row.questions and not row.only_csm
    )  # fmt: skip


def ticked(mapping: Mapping, scenario: Scenario, answers: dict[str, str], day: date) -> tuple[Scenario, ...]:
    """The second reasons that were given and still count."""
    keys = answers.get(ALSO, "").split(",")
    return tuple(row for row in more_reasons(mapping, scenario, day) if row.key in keys)


def with_reasons(scenario: Scenario, others: tuple[Scenario, ...]) -> Scenario:
    """One row that says all of it once: every situation, the stricter tone, the asks, the sooner day, and one row's legs."""
    if not others:
        return scenario
    rows = (scenario, *others)
    asking = [row for row in rows if row.tone == "involve"]
    return replace(
        scenario,
        tone="involve" if asking else scenario.tone,
        situation=" ".join(row.situation.strip() for row in rows),
        ask=" ".join(row.ask.strip() for row in asking),
        answer_days=min((row.answer_days for row in asking), default=scenario.answer_days),
        legs=next((row for row in rows if row.wants_person), scenario).legs,
    )


def joined(scenario: Scenario, how: str, now_ask: str) -> Scenario:
    """The row as somebody goes on with an earlier thread: a note tells nobody by name, an ask mentions the person and asks.

    `now_ask` is asked where the row itself asks nothing.
    """
    if how == "note":
        legs = tuple(replace(leg, mention="none", cc_mode="none") for leg in scenario.legs)
        return replace(scenario, tone="aware", ask="", legs=legs)
    if how != "ask":
        return scenario
    legs = tuple(replace(leg, mention="contact") if leg.system == "slack" else leg for leg in scenario.legs)
    return replace(
        scenario, tone="involve", ask=scenario.ask or now_ask, answer_days=scenario.answer_days or 1, legs=legs
    )

"""What makes one message of several: a second reason for the same role, and an earlier thread about the same ticket."""

from dataclasses import replace
from datetime import date

from .mapping import LegRule, Mapping, Scenario

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
    """One row for all of them: the stricter tone, the first ask, the sooner day, and one row's legs. What the others say is `further`."""
    rows = (scenario, *others)
    asking = [row for row in rows if row.tone == "involve"]
    telling = next((row for row in rows if row.wants_person), scenario)
    return replace(
        scenario,
        tone="involve" if asking else scenario.tone,
        ask=asking[0].ask if asking else scenario.ask,
        answer_days=min((row.answer_days for row in asking), default=scenario.answer_days),
        legs=telling.legs if any(map(_mentions, telling.legs)) or not _mention(rows) else tuple(map(_mentioning, telling.legs)),
        not_done=telling.not_done,
    )


def further(scenario: Scenario, others: tuple[Scenario, ...]) -> dict[str, tuple[str, ...]]:
    """What each second reason says beside the row's own situation, and beside the first ask: templates, by part."""
    asks = [row.ask for row in (scenario, *others) if row.tone == "involve"]
    return {"situation": tuple(row.situation for row in others), "ask": tuple(asks[1:])}


def names_of_words(row: Scenario, others: tuple[Scenario, ...], how: str, tone: str) -> dict[str, str]:
    """Under which name an engineer's own words for a part are kept: those for another ask are other words.

    `how` the thread is joined, and the `tone` of what is planned, decide whose ask it is: the row's, that of a second reason, or the thread's.
    """
    asks = [other.key for other in (row, *others) if other.tone == tone] if how != "note" else []
    whose = row.key if row.key in asks else asks[0] if asks else f"{row.key} {how}"
    return {"situation": f"{row.key}.situation", "ask": f"{whose}.ask"}


def may_be_name_of_words(mapping: Mapping, part: str, name: str) -> bool:
    """Whether words for this part can be kept under that name: `names_of_words` of some row of the mapping, or the part's own."""
    if part not in ("situation", "ask"):
        return name == part
    whose = [row.key for row in mapping.scenarios]
    whose += [f"{key} {how}" for key in whose for how in ("", *JOINS)] if part == "ask" else []
    return name in {f"{one}.{part}" for one in whose}


def _mentions(leg: LegRule) -> bool:
    return leg.system == "slack" and leg.mention == "contact"


def _mention(rows: tuple[Scenario, ...]) -> bool:
    return any(_mentions(leg) for row in rows for leg in row.legs)


def mentions_as_it_says(scenario: Scenario, others: tuple[Scenario, ...]) -> bool:
    """Whether the row with its second reasons, however a thread is gone on with, mentions who is told."""
    return _mention((with_reasons(scenario, others),))


def _mentioning(leg: LegRule) -> LegRule:
    return replace(leg, mention="contact") if leg.system == "slack" else leg


def joined(scenario: Scenario, how: str, now_ask: str) -> Scenario:
    """The row as somebody goes on with an earlier thread: a note tells nobody by name, an ask mentions the person and asks.

    `now_ask` is asked where the row itself asks nothing.
    """
    if how == "note":
        legs = tuple(replace(leg, mention="none", cc_mode="none") for leg in scenario.legs)
        return replace(scenario, tone="aware", ask="", legs=legs, not_done="Adds a note to the thread; mentions nobody.")
    if how != "ask":
        return scenario
    legs = tuple(map(_mentioning, scenario.legs))
    return replace(
        scenario, tone="involve", ask=scenario.ask or now_ask, answer_days=scenario.answer_days or 1, legs=legs
    )

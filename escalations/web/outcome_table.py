"""What became of what was sent, as finished values for the page and the CSV: one line a scenario, each number opens its rows."""

from dataclasses import dataclass
from functools import reduce

from escalations.reading.outcomes import Outcome, became
from escalations.reading.reports import Report, Row
from escalations.rules.follow_up import DISPOSITIONS

from .report_tables import Links, Number

# The columns of the page, by what stands over them. Those of "Now" and "Now closed" are STANDS, which add up to what asked.
GROUPS = {
    "Now": {"awaiting_reply": "Waited for", "overdue": "Overdue", "acknowledged": "I have it", "not_mine": "Not mine", "withdrawn": "Withdrawn"},
    "Now closed": {name: words.removesuffix(" any more") for name, words in DISPOSITIONS.items()},
    "At any time": {"ever_acknowledged": "I have it", "ever_not_mine": "Not mine", "ever_overdue": "Overdue"},
}
NAMES = tuple(name for group in GROUPS.values() for name in group)
COLUMNS = (
    "Asked for an answer",
    *(f"{group}: {words}" for group, columns in GROUPS.items() for words in columns.values()),
    "At any time: Answered",
    "First answer after (median hours)",
)


@dataclass(frozen=True)
class OutcomeLine:
    """`row` is None for the sum; `numbers` are those of GROUPS."""

    row: Row | None
    first_of_role: bool
    asked: Number
    numbers: tuple[Number, ...]
    outcome: Outcome


@dataclass(frozen=True)
class OutcomeTable:
    """Only what asks something has a line; `sum` is of all of them, `only_aware` how many were sent that ask nothing, `not_there`
    how many ask and have not arrived."""

    lines: tuple[OutcomeLine, ...]
    sum: OutcomeLine
    overdue: Number
    only_aware: int
    not_there: int
    groups: tuple[tuple[str, tuple[str, ...]], ...] = tuple((group, tuple(columns.values())) for group, columns in GROUPS.items())
    columns: int = len(NAMES) + 3


def outcome_table(report: Report, role: str = "") -> OutcomeTable:
    """`role` is the role that the report is restricted to, or ""."""
    link = Links(report, role)
    lines: list[OutcomeLine] = []
    for row, weeks in zip(report.rows, became(report), strict=True):
        outcome = reduce(Outcome.__add__, weeks, Outcome())
        if outcome.asked:
            first = not lines or lines[-1].row.role_key != row.role_key
            lines.append(_line(link, row, first, outcome, scenario=row.scenario_key, role=row.role_key))
    everything = reduce(Outcome.__add__, (line.outcome for line in lines), Outcome())
    total = _line(link, None, False, everything)
    overdue = link.number(everything.overdue, asks="1", answer="overdue")
    return OutcomeTable(tuple(lines), total, overdue, report.sum.total - report.sum.asks, report.sum.asks - everything.asked)


def _line(link: Links, row: Row | None, first: bool, outcome: Outcome, **which: str) -> OutcomeLine:
    numbers = tuple(link.number(getattr(outcome, name), asks="1", answer=name, **which) for name in NAMES)
    return OutcomeLine(row, first, link.number(outcome.asked, asks="1", **which), numbers, outcome)


def cells(outcome: Outcome) -> tuple[int | float | None, ...]:
    """The cells under COLUMNS; no hours where nothing was answered."""
    return (outcome.asked, *(getattr(outcome, name) for name in NAMES), outcome.ever_answered, outcome.hours)

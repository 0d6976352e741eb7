"""When none of the situations fits: the rows that come nearest, and what speaks against each, those not in force included."""

from dataclasses import dataclass
from datetime import date

from .calendar import spoken_day
from .facts import Facts
from .mapping import Mapping, Scenario
from .suggest import Suggestion, reasons_for

MOST = 3


@dataclass(frozen=True)
class Near:
    """`against` are clauses; of a row that is `gone` (not in force), `instead` says what to do."""

    scenario: Scenario
    against: tuple[str, ...]
    gone: bool = False

    @property
    def instead(self) -> str:
        return self.scenario.instead if self.gone else ""


def nearest(mapping: Mapping, cards: tuple[Suggestion, ...], facts: Facts, day: date) -> tuple[Near, ...]:
    """The best few of the cards, in whatever order these come, best first; then the rows not in force for which most speaks."""
    best = sorted(cards, key=lambda card: -card.score)[:MOST]
    silent = "nothing in this ticket speaks for it"
    here = [Near(card.scenario, card.against or (() if card.reasons else (silent,))) for card in best]
    gone = [row for row in mapping.scenarios if not row.in_force(day)]
    gone.sort(key=lambda row: -len(reasons_for(row, mapping, facts, day)))
    return (*here, *(Near(row, (why_not_in_force(row, day),), True) for row in _one_a_title(gone)[:MOST]))


def why_not_in_force(row: Scenario, day: date) -> str:
    today = day.isoformat()
    if row.retired_on and row.retired_on <= today:
        return f"retired on {_spoken(row.retired_on)}"
    return f"starts on {_spoken(row.valid_from)}" if row.valid_from > today else f"ended on {_spoken(row.valid_until)}"


def _spoken(day: str) -> str:
    return f"{spoken_day(date.fromisoformat(day))} {day[:4]}"


def _one_a_title(rows: list[Scenario]) -> list[Scenario]:
    """Twins are one row to whoever looks for it."""
    return list({row.title: row for row in reversed(rows)}.values())[::-1]

"""The report as finished values for the page: numbers that open their rows of the history, and bars as geometry.

Bars are drawn beside the numbers, without text of their own, so that they can be scaled to any width.
"""

from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from urllib.parse import urlencode

from escalations.reading.history import NOT_CANCELLED
from escalations.reading.reports import Report, Row, Tally, Week

WEEKS_IN_A_TABLE = 13  # a quarter fits on a screen and on a sheet of paper
SERIES = 8  # .s1 to .s8 of the style sheet
STACK_WIDTH, SPARK_WIDTH, SPARK_HEIGHT = 400, 240, 32


@dataclass(frozen=True)
class Number:
    """A count and the query string of the history that lists it."""

    n: int
    query: str


@dataclass(frozen=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    series: str


@dataclass(frozen=True)
class WeekLine:
    week: Week
    so_far: bool
    total: Number
    roles: tuple[Number, ...]
    bars: tuple[Bar, ...]
    said: str


@dataclass(frozen=True)
class ScenarioLine:
    row: Row
    first_of_role: bool
    total: Number
    bars: tuple[Bar, ...]
    said: str


@dataclass(frozen=True)
class NumbersTable:
    """Some weeks, all scenarios; `sums` are the weeks' totals."""

    weeks: tuple[Week, ...]
    lines: tuple[tuple[Row, tuple[Number, ...], int], ...]
    sums: tuple[Number, ...]
    sum: int

    @property
    def columns(self) -> int:
        return len(self.weeks) + 1


@dataclass(frozen=True)
class Tables:
    roles: tuple[tuple[str, str, Number], ...]
    weeks: tuple[WeekLine, ...]
    scenarios: tuple[ScenarioLine, ...]
    numbers: tuple[NumbersTable, ...]
    total: Number
    cc_by_hand: Number


def tables(report: Report, role: str = "") -> Tables:
    """`role` is the role that the report is restricted to, or "". A row of which nothing was sent has no line."""
    report = replace(report, rows=tuple(row for row in report.rows if row.sum.total))
    link = Links(report, role)
    met = {row.role_key: row.role_name for row in report.rows}
    series = {key: f"s{n % SERIES + 1}" for n, key in enumerate(dict(report.roles)) if key in met}
    by_role = {key: report.of_role(key) for key in series}
    sums = {key: sum(tally.total for tally in tallies) for key, tallies in by_role.items()}
    return Tables(
        roles=tuple((met[key], series[key], link.number(sums[key], role=key)) for key in series),
        weeks=tuple(_week_lines(report, link, met, series, by_role)),
        scenarios=tuple(_scenario_lines(report, link, series)),
        numbers=tuple(_number_tables(report, link)),
        total=link.number(report.sum.total),
        cc_by_hand=link.number(report.sum.cc_by_hand, cc="by_hand"),
    )


class Links:
    """Query strings of the history for the numbers of one report."""

    def __init__(self, report: Report, role: str):
        self.first, self.last = report.weeks[0].monday, report.weeks[-1].sunday
        self.always = {"state": NOT_CANCELLED, "also": 0, **({"role": role} if role else {})}
        self.samples = {} if report.with_samples else {"samples": 0}

    def number(self, n: int, week: Week | None = None, **filters: str) -> Number:
        first, last = (week.monday, week.sunday) if week else (self.first, self.last)
        return Number(n, urlencode({**self.always, **filters, "from": first, "to": last, **self.samples}) if n else "")


def _week_lines(report: Report, link: Links, names: dict, series: dict, by_role: dict[str, tuple[Tally, ...]]):
    highest = max((tally.total for tally in report.by_week), default=0) or 1
    for n, (week, total) in enumerate(zip(report.weeks, report.by_week, strict=True)):
        counts = {key: tallies[n].total for key, tallies in by_role.items()}
        widths = [STACK_WIDTH * count / highest for count in counts.values()]
        starts = accumulate(widths, initial=0)
        bars = (
            Bar(f"{x:.1f}", "6", f"{width:.1f}", "18", series[key])
            for key, x, width in zip(counts, starts, widths, strict=False)
            if width
        )
        said = ", ".join(f"{names[key]} {count}" for key, count in counts.items() if count) or "none"
        numbers = tuple(link.number(count, week, role=key) for key, count in counts.items())
        yield WeekLine(week, _so_far(week, report.today), link.number(total.total, week), numbers, tuple(bars), said)


def _scenario_lines(report: Report, link: Links, series: dict):
    highest = max((tally.total for row in report.rows for tally in row.weeks), default=0) or 1
    step, before = SPARK_WIDTH / len(report.weeks), None
    for row in report.rows:
        heights = [SPARK_HEIGHT * tally.total / highest for tally in row.weeks]
        bars = tuple(
            Bar(
                f"{n * step:.2f}",
                f"{SPARK_HEIGHT - height:.1f}",
                f"{step * 0.8:.2f}",
                f"{height:.1f}",
                series[row.role_key],
            )
            for n, height in enumerate(heights)
            if height
        )
        most = max(row.weeks, key=lambda tally: tally.total)
        when = report.weeks[row.weeks.index(most)].monday
        said = f"At most {most.total} in a week, first in the week of {when.day} {when:%B %Y}"
        total = link.number(row.sum.total, scenario=row.scenario_key, role=row.role_key)
        yield ScenarioLine(row, row.role_key != before, total, bars, said)
        before = row.role_key


def _number_tables(report: Report, link: Links):
    """The newest weeks come first; the oldest table may be the short one."""
    for end in range(len(report.weeks), 0, -WEEKS_IN_A_TABLE):
        some = slice(max(0, end - WEEKS_IN_A_TABLE), end)
        weeks, totals = report.weeks[some], report.by_week[some]
        lines = tuple(
            (row, tuple(_cells(link, row, weeks, row.weeks[some])), sum(tally.total for tally in row.weeks[some]))
            for row in report.rows
        )
        sums = tuple(link.number(tally.total, week) for week, tally in zip(weeks, totals, strict=True))
        yield NumbersTable(weeks, lines, sums, sum(tally.total for tally in totals))


def _cells(link: Links, row: Row, weeks: tuple[Week, ...], tallies: tuple[Tally, ...]):
    for week, tally in zip(weeks, tallies, strict=True):
        yield link.number(tally.total, week, scenario=row.scenario_key, role=row.role_key)


def _so_far(week: Week, today: date) -> bool:
    return week.monday <= today < week.sunday

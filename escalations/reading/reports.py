"""Escalations by role, scenario and week, as one plain value. Weeks start on Monday and are always whole."""

from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import reduce
from typing import TypeVar

from django.db.models import Count, Max, Min, Q, QuerySet

from escalations.models import Draft, Escalation
from escalations.models.active import active
from escalations.rules.endings import ENDINGS, OTHER

T = TypeVar("T")
WEEK = timedelta(days=7)
SENT = ~Q(state="cancelled")  # all others were sent, or are about to be
TALLIED = {
    "total": Count("pk", filter=SENT),
    "in_full": Count("pk", filter=Q(state="completed")),
    "withdrawn": Count("pk", filter=~SENT),
    "nobody": None,  # see _tallied
    "samples": Count("pk", filter=SENT & Q(sample=True)),
    "cc_by_hand": Count("pk", filter=SENT & ~Q(cc_because="")),
    "asks": Count("pk", filter=SENT & Q(answer_on__isnull=False)),
    "under_way": Count("pk", filter=Q(state__in=("submitted", "in_progress"))),
}


def _tallied() -> dict[str, Count]:
    """The counts of a Tally. Nobody is "found" only where somebody was looked for: some rows tag nobody by intention."""
    tags_nobody = [scenario.key for scenario in active().mapping.scenarios if not scenario.wants_person]
    return {**TALLIED, "nobody": Count("pk", filter=SENT & Q(contact_name="") & ~Q(scenario_key__in=tags_nobody))}


class Added:
    """A dataclass of what adds up, field by field."""

    def __add__(self, other):
        return type(self)(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))


@dataclass(frozen=True)
class Tally(Added):
    """How many escalations were sent, and beside them how many were cancelled before (`withdrawn`).

    Of those sent: in full, without anybody to tell, samples, with a cc by hand, those that ask something, and those that still wait or
    are under way.
    """

    total: int = 0
    in_full: int = 0
    withdrawn: int = 0
    nobody: int = 0
    samples: int = 0
    cc_by_hand: int = 0
    asks: int = 0
    under_way: int = 0

    @property
    def in_full_share(self) -> int | None:
        """Per cent of those that have been sent, well or badly; None where there are none."""
        return per_cent(self.in_full, self.total - self.under_way)

    @property
    def nobody_share(self) -> int | None:
        return per_cent(self.nobody, self.total)


@dataclass(frozen=True)
class Week:
    monday: date

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)


@dataclass(frozen=True)
class Row:
    """One scenario of one role. Names are those of its newest escalation counted; `formerly` is an earlier title, or ""."""

    role_key: str
    role_name: str
    scenario_key: str
    title: str
    formerly: str
    weeks: tuple[Tally, ...]

    @property
    def sum(self) -> Tally:
        return _sum(self.weeks)


@dataclass(frozen=True)
class Report:
    """`avoided`: how many drafts ended with "do not escalate" in these weeks, by how they ended, the most frequent first."""

    weeks: tuple[Week, ...]
    rows: tuple[Row, ...]
    roles: tuple[tuple[str, str], ...]
    avoided: tuple[tuple[str, int], ...]
    with_samples: bool
    today: date

    @property
    def sum(self) -> Tally:
        return _sum(row.sum for row in self.rows)

    @property
    def not_escalated(self) -> int:
        return sum(number for _, number in self.avoided)

    @property
    def by_week(self) -> tuple[Tally, ...]:
        return tuple(_sum(row.weeks[n] for row in self.rows) for n in range(len(self.weeks)))

    def of_role(self, role_key: str) -> tuple[Tally, ...]:
        rows = [row for row in self.rows if row.role_key == role_key]
        return tuple(_sum(row.weeks[n] for row in rows) for n in range(len(self.weeks)))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def weeks_between(first: date, last: date) -> tuple[Week, ...]:
    """The whole weeks that hold `first`, `last` and all days between."""
    start = monday_of(first)
    return tuple(Week(start + n * WEEK) for n in range((monday_of(last) - start).days // 7 + 1))


def fold(by_day: dict[date, T], weeks: tuple[Week, ...], nothing: T) -> tuple[T, ...]:
    """One tally, or whatever can be added to `nothing`, a week; days outside the weeks are left out."""
    by_monday: dict[date, T] = {}
    for day, tally in by_day.items():
        monday = monday_of(day)
        by_monday[monday] = by_monday.get(monday, nothing) + tally
    return tuple(by_monday.get(week.monday, nothing) for week in weeks)


def samples_by_default() -> bool:
    """Samples count where there are any: only sandbox mode makes them, and the page says so."""
    return Escalation.objects.filter(sample=True).exists()


def report(*, first: date, last: date, today: date, role: str = "", with_samples: bool = False) -> Report:
    """What was sent in the whole weeks from `first` to `last`; `role` is a role's key, or "" for all."""
    weeks = weeks_between(first, last)
    days: dict[tuple[str, str], dict[date, Tally]] = {}
    edges: dict[tuple[str, str], tuple[int, int]] = {}
    for counted in _counted(weeks, with_samples):
        key = counted["role_key"], counted["scenario_key"]
        days.setdefault(key, {})[counted["day"]] = Tally(*(counted[name] for name in TALLIED))
        oldest, newest = edges.get(key, (counted["oldest"], counted["newest"]))
        edges[key] = min(oldest, counted["oldest"]), max(newest, counted["newest"])
    rows = _named(days, edges, weeks)
    shown = tuple(row for row in rows if not role or row.role_key == role)
    return Report(weeks, shown, _roles(rows), _avoided(weeks, role), with_samples, today)


def inside(weeks: tuple[Week, ...], with_samples: bool) -> QuerySet[Escalation]:
    """All that were written in these weeks, what was cancelled before it was sent included."""
    rows = Escalation.objects.all() if with_samples else Escalation.objects.real()
    return rows.filter(day__gte=weeks[0].monday, day__lte=weeks[-1].sunday)


def _counted(weeks: tuple[Week, ...], with_samples: bool):
    rows = inside(weeks, with_samples).values("role_key", "scenario_key", "day")
    return rows.annotate(**_tallied(), oldest=Min("pk"), newest=Max("pk"))


def _named(days: dict, edges: dict, weeks: tuple[Week, ...]) -> list[Row]:
    """The rows in the order of the mapping in force; what it no longer has comes last."""
    names = {
        pk: (role_name, title)
        for pk, role_name, title in Escalation.objects.filter(
            pk__in={pk for pair in edges.values() for pk in pair}
        ).values_list("pk", "role_name", "scenario_title")
    }
    newest_of_role: dict[str, int] = {}
    for (role_key, _), (_, newest) in edges.items():
        newest_of_role[role_key] = max(newest, newest_of_role.get(role_key, 0))
    rows = []
    for (role_key, scenario_key), by_day in days.items():
        then, now = (names[pk][1] for pk in edges[role_key, scenario_key])
        role_name, formerly = names[newest_of_role[role_key]][0], then if then != now else ""
        rows.append(Row(role_key, role_name, scenario_key, now, formerly, fold(by_day, weeks, Tally())))
    order = [scenario.key for scenario in active().mapping.scenarios]
    order_of_roles = [role.key for role in active().mapping.roles]
    return sorted(
        rows, key=lambda row: (_place(order_of_roles, row.role_key), row.role_key, _place(order, row.scenario_key))
    )


def _roles(rows: list[Row]) -> tuple[tuple[str, str], ...]:
    """Every role that can be chosen: the mapping's, and those met in these weeks under the name they had."""
    return tuple(
        (
            {role.key: role.name for role in active().mapping.roles} | {row.role_key: row.role_name for row in rows}
        ).items()
    )


def _avoided(weeks: tuple[Week, ...], role: str) -> tuple[tuple[str, int], ...]:
    ended = Draft.objects.filter(
        state="not_escalated", updated_at__date__gte=weeks[0].monday, updated_at__date__lte=weeks[-1].sunday
    )
    if role:
        ended = ended.filter(scenario_key__in=[s.key for s in active().mapping.scenarios if s.role == role])
    counted = ended.order_by().values_list("ended_kind").annotate(number=Count("pk"))
    words = [(ENDINGS[kind if kind in ENDINGS else OTHER].what, number) for kind, number in counted]
    return tuple(sorted(words, key=lambda pair: (-pair[1], pair[0])))


def _place(order: list[str], key: str) -> int:
    return order.index(key) if key in order else len(order)


def _sum(tallies) -> Tally:
    return reduce(Tally.__add__, tallies, Tally())


def per_cent(part: int, whole: int) -> int | None:
    """Rounded, but 0 and 100 only for none and all."""
    if not whole or part in (0, whole):
        return (100 if part else 0) if whole else None
    return min(99, max(1, round(100 * part / whole)))

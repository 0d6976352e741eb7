"""What became of the escalations that ask something. Those that only make aware ask nothing, and nobody waits for them.

The same conditions count here and find in the history, so that a number and its list agree.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from escalations.models import FollowUp
from escalations.models.delivery import arrived, something_arrived
from escalations.rules.follow_up import DISPOSITIONS, WAITING

from .reports import SENT, Added, Report, fold, inside, per_cent

# Where nothing arrived and nobody said anything, nobody was told; and only rows with an ask have a day for the answer.
SOMEBODY = SENT & (something_arrived() | ~Q(follow_up__in=(*WAITING, "none")))
ASKED = SOMEBODY & Q(answer_on__isnull=False)
ANSWERING = ("acknowledged", "not_mine")  # said by who was asked; an author may close what nobody has answered
OF_THIS = FollowUp.objects.filter(escalation=OuterRef("pk"))
ARRIVED = arrived().filter(escalation=OuterRef("pk"))


def _now(follow_up: str) -> Q:
    """What was withdrawn stands nowhere else: nothing is asked any more."""
    return Q(follow_up=follow_up, withdrawn_at=None)


def _ever(**said) -> Q:
    return Q(Exists(OF_THIS.filter(**said)))


CLOSED = _now("closed")
# Where it stands now: each that asks is in exactly one.
STANDS = {
    **{name: _now(name) for name in ("awaiting_reply", "overdue", "acknowledged", "not_mine")},
    **{name: CLOSED & _ever(disposition=name) for name in DISPOSITIONS},
    # Samples of an earlier version are closed without a word on how.
    "done": CLOSED & ~_ever(disposition__in=[name for name in DISPOSITIONS if name != "done"]),
    "withdrawn": Q(withdrawn_at__isnull=False),
}
# What was said at any time, each once however often; one may be in several. Who was never told is never late.
EVER = {
    "ever_answered": _ever(what__in=ANSWERING),
    "ever_acknowledged": _ever(what="acknowledged"),
    "ever_not_mine": _ever(what="not_mine"),
    "ever_overdue": Q(follow_up="overdue")
    | _ever(recorded_at__gte=OuterRef("overdue_at")) & ~_ever(recorded_at__lt=OuterRef("overdue_at")) & Q(Exists(ARRIVED)),
}
FOUND_BY = {**STANDS, "closed": CLOSED, **EVER}
# What became of it, as the filter of the history says it.
ANSWERS = {
    "awaiting_reply": "waited for", "overdue": "overdue", "acknowledged": "acknowledged", "not_mine": "not theirs", "closed": "closed",
    **{name: f"closed: {words[0].lower()}{words[1:]}" for name, words in DISPOSITIONS.items()},
    "withdrawn": "withdrawn after it was sent", "ever_answered": "answered at any time",
    "ever_acknowledged": "acknowledged at any time", "ever_not_mine": "not theirs at any time", "ever_overdue": "overdue at any time",
}  # fmt: skip


def answered_as(name: str) -> Q:
    """A key of ANSWERS as a condition; what was cancelled waits for nothing, and any other word finds nothing."""
    return SOMEBODY & FOUND_BY.get(name, Q(pk__in=()))


@dataclass(frozen=True)
class Outcome(Added):
    """Of `asked` escalations that ask something, how many stand where now: STANDS, which add up to it; and EVER, at any time.

    `waits`: for each that was answered, from the first message that arrived until the first answer was recorded. Plain hours: the
    record has no working hours of then. Where nothing arrived there is none.
    """

    asked: int = 0
    awaiting_reply: int = 0
    overdue: int = 0
    acknowledged: int = 0
    not_mine: int = 0
    done: int = 0
    handed_over: int = 0
    not_needed: int = 0
    no_answer: int = 0
    withdrawn: int = 0
    ever_answered: int = 0
    ever_acknowledged: int = 0
    ever_not_mine: int = 0
    ever_overdue: int = 0
    waits: tuple[timedelta, ...] = ()

    @property
    def answered_share(self) -> int | None:
        """Per cent of those that ask; None where there are none."""
        return per_cent(self.ever_answered, self.asked)

    @property
    def overdue_share(self) -> int | None:
        return per_cent(self.ever_overdue, self.asked)

    @property
    def hours(self) -> float | None:
        """The median of `waits`, to a tenth of an hour; None without any."""
        return round(median(self.waits) / timedelta(hours=1), 1) if self.waits else None

    @property
    def minutes(self) -> int | None:
        """The same in whole minutes."""
        return round(median(self.waits) / timedelta(minutes=1)) if self.waits else None


def became(report: Report) -> tuple[tuple[Outcome, ...], ...]:
    """For each row of the report, in its order, one Outcome a week. Two queries, however much was sent."""
    asked = inside(report.weeks, report.with_samples).filter(ASKED)
    days: dict[tuple[str, str], dict[date, Outcome]] = {}
    counts = {"asked": Count("pk"), **{name: Count("pk", filter=found) for name, found in (STANDS | EVER).items()}}
    for role, scenario, day, *counted in asked.values_list("role_key", "scenario_key", "day").annotate(**counts):
        days.setdefault((role, scenario), {})[day] = Outcome(*counted)
    for (role, scenario, day), waits in _waits(asked).items():
        days[role, scenario][day] = replace(days[role, scenario][day], waits=tuple(waits))
    return tuple(fold(days.get((row.role_key, row.scenario_key), {}), report.weeks, Outcome()) for row in report.rows)


def _waits(asked) -> dict[tuple[str, str, date], list[timedelta]]:
    first = OF_THIS.filter(what__in=ANSWERING).order_by("recorded_at").values("recorded_at")[:1]
    # What a team lead has closed as arrived was there earlier, nobody knows when.
    told = ARRIVED.filter(state="delivered").order_by("settled_at").values("settled_at")[:1]
    rows = asked.annotate(said=Subquery(first), told=Subquery(told)).filter(said__isnull=False, told__isnull=False)
    waits: dict[tuple[str, str, date], list[timedelta]] = {}
    for *key, said, arrived_at in rows.values_list("role_key", "scenario_key", "day", "said", "told"):
        waits.setdefault(tuple(key), []).append(max(said - arrived_at, timedelta()))
    return waits

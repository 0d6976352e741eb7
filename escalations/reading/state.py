"""How the sending goes, in words: the services, what waits, what was tried, who works. No customer data."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, Max, Min, Q, Value, When

from escalations.models import Attempt, Delivery, Lane, Worker
from escalations.models.clock import DatabaseNow
from escalations.models.delivery import NOTICE
from escalations.models.lanes import in_lane, lane_key, lanes
from escalations.models.triggers import missing
from escalations.models.trouble import WAITING
from escalations.rules.calendar import spoken_duration

from .readiness import is_alive

KEPT = timedelta(days=1)  # a worker that has not been seen for longer is of no interest
MOST_WORKERS = 12
GONE = "Zendesk, an instance that is not configured any more"
TOOK, REFUSED = ("delivered", "found"), ("permanent", "refused", "paused")  # outcomes of an attempt
YES, NO = "taken", "refused"
HELD = "held"
FIRST, LATER = "first attempt", "later attempt"


@dataclass(frozen=True)
class LaneNow:
    """One service. `pending` without what is `held` until its hour. `waits`: how long the oldest that is due; `can_open`: there is a pause to be ended."""

    key: str
    name: str
    tone: str
    state: str
    words: str
    reason: str
    can_open: bool
    pending: int
    held: int
    sending: int
    in_doubt: int
    for_a_person: int
    waits: str


@dataclass(frozen=True)
class Refused:
    since: datetime
    many: int


@dataclass(frozen=True)
class WorkerNow:
    name: str
    alive: bool
    words: str


@dataclass(frozen=True)
class Now:
    lanes: tuple[LaneNow, ...]
    workers: tuple[WorkerNow, ...]
    attempts: int
    first_tries: int
    delivered_first: int
    missing_triggers: tuple[str, ...]

    @property
    def alive(self) -> int:
        return sum(worker.alive for worker in self.workers)

    @property
    def first_try(self) -> str:
        """Of the deliveries first tried in this hour, how many arrived at once."""
        if not self.first_tries:
            return "nothing was sent"
        return f"{100 * self.delivered_first / self.first_tries:.1f} % of {self.first_tries}"


def state_now(now: datetime) -> Now:
    """Four questions to the database, however much waits, and one for each service that refuses."""
    kept = {lane.key: lane for lane in Lane.objects.all()}
    counted = _counted(now)
    there = {what for what, _ in counted} - {FIRST, LATER}
    named = lanes() | {key: GONE for key in sorted(there) if key not in lanes()}
    workers, refused = _workers(now), _refused(counted, now)
    alive = any(worker.alive for worker in workers)
    ways = tuple(_lane(key, name, kept.get(key), counted, now, refused.get(key), alive) for key, name in named.items())
    return Now(ways, workers, **_last_hour(counted), missing_triggers=tuple(missing()))


def _counted(now: datetime) -> dict[tuple[str, str], tuple[int, datetime]]:
    """How many, and since when the first: of what waits by (lane, state), of the last hour's attempts by (FIRST or LATER, outcome).

    By (lane, YES or NO): what it took and refused in this hour, and when it did so last.
    """
    all_of_it = _waiting(now).union(_tried(now), _said(now), all=True)
    return {(what, state): (n, at) for what, state, n, at in all_of_it}


def _waiting(now: datetime):
    """(lane, state), how many, and since when the oldest is due. What is held until its hour has a state of its own."""
    held = Case(When(~Q(purpose=NOTICE), state="pending", escalation__hold_until__gt=now, then=Value(HELD)), default="state")
    rows = Delivery.objects.filter(state__in=("pending", "sending", "uncertain", *WAITING), escalation__sample=False)
    rows = rows.exclude(purpose=NOTICE, state__in=WAITING).annotate(lane=lane_key(), stands=held).order_by()
    return rows.values_list("lane", "stands").annotate(many=Count("pk"), first=Min("due_at"))


def _tried(now: datetime):
    """In the last hour: the first attempts of deliveries and the later ones, by outcome."""
    which = Case(When(n=1, then=Value(FIRST)), default=Value(LATER))
    rows = _attempts(now).annotate(which=which).order_by().values_list("which", "outcome")
    return rows.annotate(many=Count("pk"), first=Min("started_at"))


def _said(now: datetime):
    """What each lane took and refused in the last hour, and when last."""
    said = Case(When(outcome__in=TOOK, then=Value(YES)), default=Value(NO))
    rows = _attempts(now).filter(outcome__in=TOOK + REFUSED).annotate(lane=lane_key("delivery__"), said=said).order_by()
    return rows.values_list("lane", "said").annotate(many=Count("pk"), first=Max("started_at"))


def _attempts(now: datetime):
    return Attempt.objects.filter(started_at__gt=now - timedelta(hours=1), delivery__escalation__sample=False)


def _lane(
    key: str, name: str, lane: Lane | None, waiting: dict, now: datetime, refused: Refused | None, alive: bool
) -> LaneNow:
    count = {state: waiting.get((key, state), (0, None)) for state in ("pending", HELD, "sending", "uncertain", *WAITING)}
    due = [first for state in ("pending", "uncertain") if (first := count[state][1]) and first <= now]
    tone, state, words = _words(lane, now, refused, alive)
    return LaneNow(
        key,
        name,
        tone,
        state,
        words,
        lane.reason if lane and _in_trouble(lane, now) else "",
        bool(lane and lane.paused_until and lane.paused_until > now),
        count["pending"][0],
        count[HELD][0],
        count["sending"][0],
        count["uncertain"][0],
        sum(count[state][0] for state in WAITING),
        spoken_duration(min(due), now) if due else "",
    )


def _in_trouble(lane: Lane | None, now: datetime) -> bool:
    return lane is not None and bool(lane.failures or (lane.paused_until and lane.paused_until > now))


def _words(lane: Lane | None, now: datetime, refused: Refused | None, alive: bool) -> tuple[str, str, str]:
    """Tone, state, and since when and why. Times, not countdowns: a line that stays the same is left alone."""
    if _in_trouble(lane, now):
        return _trouble(lane, now)
    if refused and refused.many > 1:
        return "bad", "refuses", f"Since {refused.since:%H:%M:%S} UTC it has refused {refused.many} times and taken nothing."
    if not alive:
        return "bad", "not sending", "No worker is alive."
    if refused:
        return "warn", "sending", f"It refused the last one, {refused.since:%H:%M:%S} UTC."
    return "good", "sending", ""


def _trouble(lane: Lane, now: datetime) -> tuple[str, str, str]:
    since = f" since {lane.since:%H:%M:%S} UTC" if lane.since else ""
    failures = f"{lane.failures} failure{'' if lane.failures == 1 else 's'} in a row{since}"
    if lane.paused_until and lane.paused_until > now:
        return "bad", "paused", f"Until {lane.paused_until:%H:%M:%S} UTC nothing is sent, after {failures}. Then one delivery tries first."
    trying = " One delivery is trying now; the others wait for it." if lane.probe_until and lane.probe_until > now else ""
    return "warn", "in trouble", f"{failures}.".capitalize() + trying


def _refused(counted: dict, now: datetime) -> dict[str, Refused]:
    """Of each lane that took nothing since it last refused something, in the last hour: since when, and how often."""
    found = {}
    for lane, (_, refused) in ((lane, said) for (lane, what), said in counted.items() if what == NO):
        took = counted.get((lane, YES), (0, None))[1]
        if took is None or refused > took:
            since = _attempts(now).filter(in_lane(lane, "delivery__"), outcome__in=REFUSED)
            since = since.filter(started_at__gt=took) if took else since
            found[lane] = Refused(**since.aggregate(since=Min("started_at"), many=Count("pk")))
    return found


def _last_hour(counted: dict) -> dict[str, int]:
    tried = {key: n for key, (n, _) in counted.items() if key[0] in (FIRST, LATER)}
    ended = sum(n for (which, outcome), n in tried.items() if which == FIRST and outcome)
    return {
        "attempts": sum(tried.values()),
        "first_tries": ended,
        "delivered_first": tried.get((FIRST, "delivered"), 0),
    }


def _workers(now: datetime) -> tuple[WorkerNow, ...]:
    """Each is judged by the database's clock, which they told their time by, and not by the web machine's."""
    seen = Worker.objects.filter(seen_at__gt=now - KEPT).annotate(read_at=DatabaseNow()).order_by("-seen_at")[:MOST_WORKERS]
    return tuple(WorkerNow(row.name, is_alive(row, row.read_at), _seen(row, row.read_at)) for row in seen)


def _seen(worker: Worker, now: datetime) -> str:
    if worker.stopped_at:
        return f"stopped {spoken_duration(worker.stopped_at, now)} ago"
    if is_alive(worker, now):
        return f"working for {spoken_duration(worker.started_at, now)}"
    seconds = (now - worker.seen_at).total_seconds()
    return f"not seen for {seconds:.0f} s" if seconds < 90 else f"not seen for {spoken_duration(worker.seen_at, now)}"

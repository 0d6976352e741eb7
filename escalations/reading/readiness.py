"""Whether the portal can do its work: asked by machines at /readyz and shown to people on the status page. No customer data."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min

from escalations.models import Delivery, Lane, Worker
from escalations.models.clock import database_now
from escalations.models.lanes import in_lane
from escalations.models.triggers import missing

from .belonging import refusal

ALIVE_SECONDS = 10  # a worker says every two seconds that it is there
LONGEST_LAG_SECONDS = 60
BEING_TRIED_SECONDS = 30  # after a lane's pause one delivery tries it before the others follow


@dataclass(frozen=True)
class Ready:
    """What a machine is told. `problems` are sentences; empty when all is well. None is what could not be asked."""

    database: bool
    migrations: bool | None = None
    triggers: bool | None = None
    outbox_lag_seconds: float | None = None
    workers: int | None = None
    problems: tuple[str, ...] = ()

    def as_json(self) -> dict:
        return {"ready": not self.problems, **asdict(self)}


def ready() -> Ready:
    """Asks the database a handful of times, its clock included; the one that does not answer is itself the answer."""
    try:
        unapplied = _unapplied()
        if unapplied:  # what is asked next may need what they bring
            said = f"Migrations are not applied: {', '.join(unapplied[:5])}. Run “python manage.py prepare”."
            return Ready(True, migrations=False, problems=(said,))
        return _looked_at(database_now())
    except Error:
        return Ready(False, problems=("The database does not answer.",))


def _looked_at(now: datetime) -> Ready:
    lost, lag, living = missing(), lag_seconds(now), len(living_workers(now))
    problems = [said] if (said := refusal()) else []
    if lost:
        problems.append(f"Triggers are missing or not as written: {', '.join(lost[:5])}. Run “python manage.py migrate”.")
    if lag > LONGEST_LAG_SECONDS:
        problems.append(f"The oldest delivery that is due has waited {lag:.0f} s.")
    if not living:
        problems.append(f"No worker was seen in the last {ALIVE_SECONDS} s.")
    return Ready(True, True, not lost, round(lag, 1), living, tuple(problems))


def _unapplied() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def lag_seconds(now: datetime) -> float:
    """How long the oldest due delivery has waited, in seconds. One whose service is unwell waits for that, not for us."""
    tried = now - timedelta(seconds=BEING_TRIED_SECONDS)
    due = Delivery.objects.filter(state="pending", due_at__lte=now)
    for unwell in Lane.objects.filter(paused_until__gt=tried):
        due = due.exclude(in_lane(unwell.key))
    first = due.aggregate(first=Min("due_at"))["first"]
    return (now - first).total_seconds() if first else 0.0


def living_workers(now: datetime) -> list[Worker]:
    """Those that were seen just now. Whether one still owns what it has in hand is told by its lock, never by this."""
    return list(Worker.objects.filter(stopped_at=None, seen_at__gt=now - timedelta(seconds=ALIVE_SECONDS)))


def is_alive(worker: Worker, now: datetime) -> bool:
    return worker.stopped_at is None and worker.seen_at > now - timedelta(seconds=ALIVE_SECONDS)

"""Who owns a delivery that is being sent: a worker, for as long as it lives. Its lock dies with its process.

No lease and no clock: a worker is gone when its lock is free, and never before. On SQLite the lock is an flock of a file
beside the database, on PostgreSQL an advisory lock of one connection that does nothing else (and listens).
"""

import fcntl
import os
import threading
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, connections, transaction

from escalations.gateways.base import Fenced
from escalations.models import Delivery, Worker
from escalations.models.clock import database_now

KEPT_SECONDS = 86_400.0  # how long a worker that is gone stays in the list
MOST_FORGOTTEN = 500  # at a time
NONE = 0  # no delivery
LOCK_CLASS = 20260  # ours among the advisory locks of the database
CHANNEL = "portal_outbox"
# A machine that died without a word frees its lock within a minute: the server asks after 20 s, three times.
WATCHED = "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 45000"


NO_SESSION = (
    "The database gives this worker no session of its own, so its lock would hold nothing: connect workers to PostgreSQL "
    "directly, not through a pooler such as pgbouncer."
)


class LockLost(Exception):
    """Another worker may take over what this one has in hand: stop at once, and begin again as a new worker."""


class NotASession(Exception):
    """A pooler stands before the database, which gives each statement another session: the lock would be nobody's."""


class Owner:
    """One worker process: its name, its lock, and what its threads have in hand."""

    def __init__(self, worker: Worker):
        self.worker, self.name = worker, worker.name
        self._in_hand, self._guard = set(), threading.Lock()

    @contextmanager
    def holding(self, pk: int):
        """While a thread claims and sends the delivery, the sweep of let-fallen rows leaves it alone.

        Yields False when another thread of this worker holds it already: then it is not this one's to touch.
        """
        with self._guard:
            mine = pk not in self._in_hand
            self._in_hand.add(pk)
        try:
            yield mine
        finally:
            if mine:
                with self._guard:
                    self._in_hand.discard(pk)

    def in_hand(self) -> set[int]:
        with self._guard:
            return set(self._in_hand)

    def fence(self, delivery: Delivery):
        """The last look before a byte leaves: raises Fenced when the delivery or the lock is no longer ours."""

        def check():
            held, ours = self.still_owns(delivery.pk)
            if not held:
                raise Fenced("The worker lost its lock before anything was sent.")
            if not ours:
                raise Fenced("Somebody else took this delivery over before anything was sent.")

        return check

    def still_owns(self, pk: int) -> tuple[bool, bool]:
        """Whether our lock is held, and whether the delivery is in our hands."""
        raise NotImplementedError

    def holds_lock(self) -> bool:
        return self.still_owns(NONE)[0]

    def wait(self, seconds: float) -> bool:
        """Until there may be something to do, at most so long; whether to ask for it now. Raises LockLost."""
        raise NotImplementedError

    def release(self) -> None:
        raise NotImplementedError


class FileOwner(Owner):
    """SQLite: all workers share a machine and a folder."""

    def __init__(self, worker: Worker):
        super().__init__(worker)
        self.path = _lock_path(worker.pk)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)  # a sweep may try it for a moment

    def still_owns(self, pk: int) -> tuple[bool, bool]:
        """Nothing but the end of the process takes the lock away."""
        ours = Delivery.objects.filter(pk=pk, state="sending", claimed_by=self.name)
        return self._file is not None, ours.exists()

    def wait(self, seconds: float) -> bool:
        """Nobody tells on SQLite: it has to be asked."""
        time.sleep(min(seconds, settings.WORKER_POLL_SECONDS))
        return True

    def release(self) -> None:
        if self._file is not None:
            self.path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = None


class SessionOwner(Owner):
    """PostgreSQL: any number of workers on any number of machines."""

    def __init__(self, worker: Worker):
        super().__init__(worker)
        self._lock = connections.create_connection("default")
        self._lock.settings_dict = {**self._lock.settings_dict, "CONN_MAX_AGE": None}
        with self._lock.cursor() as cursor:
            cursor.execute(WATCHED)
            cursor.execute("SELECT pg_advisory_lock(%s, %s), pg_backend_pid()", [LOCK_CLASS, worker.pk])
            self.backend = cursor.fetchone()[1]
            cursor.execute(f"LISTEN {CHANNEL}")
        try:
            self._check_session()
        except NotASession:
            self._lock.close()
            raise

    def _check_session(self) -> None:
        """The lock's session is its own: no other connection gets it, and it gets no other. Several times, as a pool deals them out in turn."""
        for _ in range(3):
            with transaction.atomic(), connection.cursor() as other, self._lock.cursor() as cursor:
                other.execute("SELECT pg_backend_pid()")
                theirs = other.fetchone()[0]
                if theirs != self.backend:
                    cursor.execute("SELECT pg_backend_pid()")
                    if cursor.fetchone()[0] == self.backend and self.holds_lock():
                        continue
            raise NotASession(NO_SESSION)

    def still_owns(self, pk: int) -> tuple[bool, bool]:
        """Asked on the thread's own connection: after a stop of the database the lock is gone, whatever we believe.

        Both in one question: it stands before every write.
        """
        with connection.cursor() as cursor:
            cursor.execute(_OWNED, [LOCK_CLASS, self.worker.pk, self.backend, pk, self.name])
            return cursor.fetchone()

    def wait(self, seconds: float) -> bool:
        try:
            told = bool(list(self._lock.connection.notifies(timeout=seconds, stop_after=1)))
            if not told:  # then the connection is asked whether it lives
                with self._lock.cursor() as cursor:
                    cursor.execute("SELECT 1")
            return told
        except (DatabaseError, InterfaceError, self._lock.Database.Error):
            raise LockLost(self.name) from None

    def release(self) -> None:
        """The lock is free on return: of a connection that is merely closed the server hears a little later."""
        if self._lock.connection is not None:
            with suppress(DatabaseError, InterfaceError), self._lock.cursor() as cursor:  # or it ended before, and its lock with it
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_CLASS, self.worker.pk])
        self._lock.close()


_HELD = """FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
_OWNED = f"""SELECT EXISTS (SELECT 1 {_HELD} AND objid = %s AND pid = %s),
    EXISTS (SELECT 1 FROM {Delivery._meta.db_table} WHERE id = %s AND state = 'sending' AND claimed_by = %s)"""


def take(name: str) -> Owner:
    """Become a worker: a row for people to read, and the lock."""
    now = database_now()
    worker = Worker.objects.create(name=name, started_at=now, seen_at=now)
    return SessionOwner(worker) if connection.vendor == "postgresql" else FileOwner(worker)


@contextmanager
def owned(name: str):
    """`take` for a block; the lock is free afterwards."""
    owner = take(name)
    try:
        yield owner
    finally:
        owner.release()


def gone(names: list[str]) -> list[str]:
    """Those of these workers whose lock is free. A name without a worker has no lock either."""
    if not names:
        return []
    known = dict(Worker.objects.filter(name__in=names).values_list("name", "pk"))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT objid::bigint {_HELD}", [LOCK_CLASS])
            held = {pk for (pk,) in cursor.fetchall()}
        return [name for name in names if known.get(name) not in held]
    return [name for name in names if name not in known or not _is_locked(_lock_path(known[name]))]


def forget_the_gone() -> int:
    """Rows of workers that nobody has seen for a day, whose lock is free and who have nothing in hand; how many.

    An attempt names its worker in words of its own, so the record keeps what it says.
    """
    old = database_now() - timedelta(seconds=KEPT_SECONDS)
    in_hand = Delivery.objects.filter(state="sending").values("claimed_by")
    rows = Worker.objects.filter(seen_at__lt=old).exclude(name__in=in_hand)
    names = gone(list(rows.values_list("name", flat=True)[:MOST_FORGOTTEN]))
    if connection.vendor != "postgresql":
        for pk in Worker.objects.filter(name__in=names).values_list("pk", flat=True):
            _lock_path(pk).unlink(missing_ok=True)  # left by a process that was killed
    return rows.filter(name__in=names).delete()[0]


def wake() -> None:
    """Tell idle workers that something is due; inside a transaction it is told at its commit. SQLite is polled."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def _lock_path(pk: int) -> Path:
    return Path(f"{connection.settings_dict['NAME']}.workers") / f"{pk}.lock"


def _is_locked(path: Path) -> bool:
    try:
        held = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(held)

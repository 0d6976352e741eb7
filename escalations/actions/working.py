"""The worker's loops: for each lane some threads that send and one that looks, and one place that sweeps."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from escalations.models.lanes import lanes

from . import notices, overdue, ownership, wizard
from .delivery import due, next_due_in, send_next
from .ownership import LockLost, Owner, owned
from .reconcile import look_next
from .sweep import sweep

log = logging.getLogger("escalations.worker")
SWEEP_SECONDS = 2
TIDY_SECONDS = 600
LONGEST_SLEEP_SECONDS = 5.0  # PostgreSQL wakes its workers; this is for what becomes due by itself
DATABASE_AWAY_SECONDS = 1.0
HEARTBEAT_SECONDS = 1.0  # how soon a lost lock, or the wish to stop, is noticed
OTHER_HANDS_SECONDS = 0.25


def deliver_due(gateways, *, owner: Owner | None = None, keep_going: Callable[[], bool] = lambda: True) -> int:
    """Send and look, one after the other, until nothing is due; the number handled. For a person at a console, and tests."""
    if owner is None:
        with owned(f"by hand {timezone.now():%H:%M:%S.%f}") as owner:
            return deliver_due(gateways, owner=owner, keep_going=keep_going)
    handled = 0
    sweep(owner)
    while keep_going():
        done = [send_next(lane, gateways, owner=owner) for lane in lanes()]
        if not any(done):
            done = [look_next(lane, gateways) for lane in lanes()]
        if not any(done):
            return handled
        handled += sum(done)
    return handled


class Working:
    """All threads of one worker process, until `stop` is set or its lock is lost."""

    def __init__(self, gateways, owner: Owner, stop: threading.Event):
        self.gateways, self.owner, self.stop = gateways, owner, stop
        self._bell = threading.Condition()

    def run(self) -> None:
        """Returns when all threads have finished what they had in hand. Raises LockLost, with threads still running."""
        threads = [self._thread(self._send, lane) for lane in lanes() for _ in range(settings.WORKER_THREADS)]
        threads += [self._thread(self._look, lane) for lane in lanes()]
        try:
            self._watch()
        finally:
            self.stop.set()
            self._ring()
        for thread in threads:
            thread.join()

    def _thread(self, work, lane: str) -> threading.Thread:
        thread = threading.Thread(target=self._loop, args=(work, lane), daemon=True, name=f"{work.__name__} {lane}")
        thread.start()
        return thread

    def _watch(self) -> None:
        """The main thread: waits for notices of new work, sweeps, and tidies up now and then."""
        sweep_at = tidy_at = 0.0
        while not self.stop.is_set():
            with _database_may_be_away(self.stop):
                if time.monotonic() >= sweep_at:
                    sweep(self.owner)
                    notices.tell_team_leads()
                    overdue.find_overdue()
                    sweep_at = time.monotonic() + SWEEP_SECONDS
                if time.monotonic() >= tidy_at:
                    wizard.expire_old(now=timezone.now())
                    ownership.forget_the_gone()
                    tidy_at = time.monotonic() + TIDY_SECONDS
            self._wait()

    def _wait(self) -> None:
        """PostgreSQL tells when something is due; SQLite is asked. Only then are the threads woken."""
        if connection.vendor == "postgresql":
            if self.owner.wait(HEARTBEAT_SECONDS):
                self._ring()
            return
        self.owner.wait(settings.WORKER_POLL_SECONDS)
        with _database_may_be_away(self.stop):
            if due().exists():
                self._ring()

    def _ring(self) -> None:
        with self._bell:
            self._bell.notify_all()

    def _loop(self, work, lane: str) -> None:
        while not self.stop.is_set():
            did = False
            with _database_may_be_away(self.stop):
                did = work(lane)
            if not did:
                self._sleep(lane)
        connection.close()

    def _send(self, lane: str) -> bool:
        return send_next(lane, self.gateways, owner=self.owner)

    def _look(self, lane: str) -> bool:
        return look_next(lane, self.gateways)

    def _sleep(self, lane: str) -> None:
        """Until the bell rings, or the next one of this lane is due."""
        seconds = None
        with _database_may_be_away(self.stop):
            seconds = next_due_in(lane)
        with self._bell:
            if not self.stop.is_set():
                self._bell.wait(_nap(seconds))


def _nap(due_in: float | None) -> float:
    """Seconds to sleep. What is due and was not taken is in other hands, or its lane paused: no hurry then."""
    if due_in is None:
        return LONGEST_SLEEP_SECONDS
    return min(due_in + 0.01, LONGEST_SLEEP_SECONDS) if due_in > 0 else OTHER_HANDS_SECONDS


@contextmanager
def _database_may_be_away(stop: threading.Event):
    """A database that is busy or away stops nobody for good, and a mistake of ours stops one delivery only."""
    try:
        close_old_connections()
        yield
    except LockLost:
        raise
    except (DatabaseError, InterfaceError) as error:
        log.warning("the database is busy or away (%s); trying again", type(error).__name__)
        connection.close_if_unusable_or_obsolete()
        stop.wait(DATABASE_AWAY_SECONDS)
    except Exception:
        log.exception("a mistake of the portal; what it had in hand is swept")
        stop.wait(DATABASE_AWAY_SECONDS)

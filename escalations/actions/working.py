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

from . import colleagues, notices, overdue, ownership, wizard
from .delivery import send_next, what_waits
from .lanes import closed_lanes
from .ownership import LockLost, Owner, owned
from .reconcile import look_next
from .sweep import sweep

log = logging.getLogger("escalations.worker")
SWEEP_SECONDS = 2
TIDY_SECONDS = 600
ROSTER_SECONDS, ROSTER_AGAIN_SECONDS = 6 * 3600.0, 300.0  # how often everybody in Slack is listed; when that failed
LONGEST_SLEEP_SECONDS = 15.0  # without a question, should a notice get lost, the main thread be held up or another worker be gone
DATABASE_AWAY_SECONDS = 1.0
HEARTBEAT_SECONDS = 1.0  # how soon a lost lock, or the wish to stop, is noticed
OTHER_HANDS_SECONDS = 0.25  # what is due and not taken is in other hands, or its lane paused: no hurry


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


class Bell:
    """Wakes as many threads as there are deliveries, and no more: each that wakes for nothing costs the others time."""

    def __init__(self):
        self._rung, self._many = threading.Condition(), 0

    def ring(self, many: int) -> None:
        """A ring that nobody hears is kept for whoever comes next."""
        with self._rung:
            self._many = many
            self._rung.notify(many)

    def hush(self) -> None:
        """What it was rung for and nobody came for is over: done, or its lane takes nothing now."""
        with self._rung:
            self._many = 0

    def wait(self, seconds: float) -> None:
        with self._rung:
            if self._rung.wait_for(lambda: self._many > 0, seconds):
                self._many -= 1


class Working:
    """All threads of one worker process, until `stop` is set or its lock is lost."""

    def __init__(self, gateways, owner: Owner, stop: threading.Event):
        self.gateways, self.owner, self.stop = gateways, owner, stop
        self._moved = threading.Event()  # by a thread of ours: nobody else tells us when that is due again
        works = {"pending": (self._send, settings.WORKER_THREADS), "uncertain": (self._look, 1)}
        self._threads, self._bells = [], {}
        for state, (work, many) in works.items():
            for lane in lanes():
                self._bells[lane, state] = bell = Bell()
                self._threads += [self._thread(work, lane, bell) for _ in range(many)]

    def _thread(self, work: Callable[[str], bool], lane: str, bell: Bell) -> threading.Thread:
        name = f"{work.__name__} {lane}"
        return threading.Thread(target=self._loop, args=(work, lane, bell), daemon=True, name=name)

    def run(self) -> None:
        """Returns when all threads have finished what they had in hand, or should have. Raises LockLost, with threads still running."""
        for thread in self._threads:
            thread.start()
        threading.Thread(target=self._know_colleagues, daemon=True, name="colleagues").start()  # has nothing in hand to finish
        try:
            self._watch()
        finally:
            self.stop.set()
            for bell in self._bells.values():
                bell.ring(len(self._threads))
        ends = time.monotonic() + 2 * settings.DELIVERY_DEADLINE_SECONDS  # a look, then the sending
        for thread in self._threads:
            thread.join(max(ends - time.monotonic(), 0.0))
            if thread.is_alive():  # it ends with the process, as if that had been killed
                log.warning("%s does not end; what it has in hand becomes uncertain", thread.name)

    def _watch(self) -> None:
        """The main thread: waits for notices of new work, wakes the others, sweeps, and tidies up now and then."""
        told, ask_at, sweep_at, tidy_at = False, 0.0, 0.0, 0.0
        while not self.stop.is_set():
            with _database_may_be_away(self.stop):
                if told or self._moved.is_set():
                    self._moved.clear()  # before the question: what is moved during it is asked for again
                    ask_at = 0.0
                if time.monotonic() >= ask_at:
                    ask_at = time.monotonic() + self._wake()
                if time.monotonic() >= sweep_at:
                    close_old_connections()
                    if sweep(self.owner):
                        self._moved.set()
                    notices.tell_team_leads()
                    overdue.find_overdue()
                    sweep_at = time.monotonic() + SWEEP_SECONDS
                if time.monotonic() >= tidy_at:
                    wizard.expire_old(now=timezone.now())
                    ownership.forget_the_gone()
                    tidy_at = time.monotonic() + TIDY_SECONDS
            told = self.owner.wait(min(max(ask_at - time.monotonic(), 0.0), HEARTBEAT_SECONDS))

    def _wake(self) -> float:
        """Those who have something to do; the seconds until the next delivery is due, or is worth another try."""
        soonest, waits = LONGEST_SLEEP_SECONDS, what_waits()
        # Asked only where something has been due for a while: nobody is woken for a lane that takes nothing.
        late = any(many and due_in < -OTHER_HANDS_SECONDS for _, many, due_in in waits)
        closed = closed_lanes() if late else ()
        called = {key: many for key, many, _ in waits if many and key not in closed}
        for key, bell in self._bells.items():
            if key in called:
                bell.ring(called[key])
            else:
                bell.hush()  # loses nobody: only this thread rings, and while anything is due it asks again soon
        for _, many, due_in in waits:
            soonest = min(soonest, OTHER_HANDS_SECONDS if many else max(due_in, 0.0) + 0.01)
        return soonest

    def _know_colleagues(self) -> None:
        while not self.stop.is_set():
            known = False
            with _database_may_be_away(self.stop):
                known = colleagues.refresh(self.gateways)
            connection.close()
            self.stop.wait(ROSTER_SECONDS if known else ROSTER_AGAIN_SECONDS)

    def _loop(self, work: Callable[[str], bool], lane: str, bell: Bell) -> None:
        while not self.stop.is_set():
            did = False
            with _database_may_be_away(self.stop):
                did = work(lane)
            if did:
                self._moved.set()
            else:
                bell.wait(LONGEST_SLEEP_SECONDS)
                with _database_may_be_away(self.stop):
                    close_old_connections()
        connection.close()

    def _send(self, lane: str) -> bool:
        return send_next(lane, self.gateways, owner=self.owner)

    def _look(self, lane: str) -> bool:
        return look_next(lane, self.gateways)


@contextmanager
def _database_may_be_away(stop: threading.Event):
    """A database that is busy or away stops nobody for good, and a mistake of ours stops one delivery only."""
    try:
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

"""The seeded nemesis: kills, stops, database stops, and accounts that change hands while their escalation is on its way."""

import contextlib
import signal
import threading
import time
from collections import Counter
from random import Random

from tests.faults.cluster import GRACE, PAUSE, Cluster
from tests.faults.proof import SUBMITTING

SHORTEST_STOP, LONGEST_STOP = 0.5, PAUSE - 1.0  # the machine's own delays count as well
AIM_SECONDS = 3.0
# Each is drawn as often as it stands here, in the order of the seed, so that a full run never lacks one by chance.
BLOWS = 10 * ("_kill_worker",) + 4 * ("_kill_web",) + 3 * ("_pause_worker", "_hand_over")
AIMS = {
    "worker": ("", "sending", "sending", "uncertain"),
    "web": 4 * (SUBMITTING,) + ("",),
    "database": (SUBMITTING, "uncertain", "sending", ""),
}  # fmt: skip
OWNERS = ("hugo.martins", "lena.fischer", "nadia.petrova", "owen.clarke", "rosa.jimenez", "sven.dahl")


class Nemesis(threading.Thread):
    """Until `stop`; `did` counts what was done, `states` what there was at each kill, by (what was killed, state)."""

    def __init__(self, cluster: Cluster, driver, intents, seed: int, *, kills: int, stops: int, gap: float):
        super().__init__(daemon=True, name="nemesis")
        self.cluster, self.driver, self.intents, self.random = cluster, driver, intents, Random(seed)
        self.kills, self.stops, self.gap = kills, stops, gap
        self.stop, self.did, self.states, self.last, self.trouble = threading.Event(), Counter(), Counter(), 0.0, None
        self.log: list[str] = []
        self.bags: dict[str, list[str]] = {}
        self.aiming = False  # waits for something to hit: the driver then goes on

    @property
    def killed(self) -> int:
        return self.did["kill worker"] + self.did["kill web"]

    @property
    def done(self) -> bool:
        return self.killed >= self.kills and self.did["stop database"] >= self.stops

    def run(self) -> None:
        try:
            while not self.stop.wait(self.random.uniform(0.5, 1.5) * self.gap):
                self._once()
        except Exception as error:  # shown by the run, which must not look green after half a nemesis
            self.trouble = error
            raise

    def _once(self) -> None:
        share = self.killed / self.kills if self.kills else 1.0
        if self.did["stop database"] + 0.5 < self.stops * share:
            return self._stop_database()
        if self.killed >= self.kills:
            return self._stop_database() if self.did["stop database"] < self.stops else self._pause_worker()
        return getattr(self, self.drawn("blow", BLOWS))()

    def drawn(self, what: str, choices: tuple[str, ...]) -> str:
        """Each as often as it is among the choices: from a bag that is filled again when it is empty."""
        bag = self.bags.setdefault(what, [])
        if not bag:
            bag += self.random.sample(choices, len(choices))
        return bag.pop()

    def _aimed(self, what: str, look) -> dict[str, int]:
        """What there is, as `look` says: as soon as there is some of what is drawn, or after a while anyway."""
        wanted, until = self.drawn(what, AIMS[what]), time.monotonic() + AIM_SECONDS
        self.aiming, seen = bool(wanted), look()
        while wanted and time.monotonic() < until and not seen.get(wanted):
            time.sleep(0.005)
            seen = look()
        self.aiming = False
        return seen

    def _said(self, what: str) -> None:
        self.did[what] += 1
        self.last = time.monotonic()
        self.log.append(f"{time.time():.3f} {what}")

    def _kill_worker(self) -> None:
        """Most are aimed at a worker with something in hand, or at a moment with something in doubt."""
        process = self.random.choice(self.cluster.workers())
        seen = self._aimed("worker", lambda: self._seen(process))
        self._kill(process, "worker", lambda: seen)

    def _kill_web(self) -> None:
        """Most are aimed at a server that has a submit under way, at whatever point of it."""
        process = self.random.choice(self.cluster.webs())
        port, point = self.cluster.ports[process.name], self.random.uniform(0.0, 0.03)
        self._aimed("web", lambda: {SUBMITTING: self.driver.in_flight[port]})
        time.sleep(point)
        submitting = self.driver.in_flight[port]
        self._kill(process, "web", lambda: {**self._seen(process), SUBMITTING: submitting})

    def _kill(self, process, what: str, look) -> None:
        """One that was dead already, which none should be, is only started again: that is no kill."""
        alive = process.alive
        process.kill()
        if alive:
            self._noted(what, look())
        self._said(f"kill {what}" if alive else f"{what} was dead")
        process.start()

    def _pause_worker(self) -> None:
        """Never twice within G: the longest pause is one pause."""
        now = time.monotonic()
        process = self.random.choice(self.cluster.workers())
        if now < process.stopped_until + GRACE or not process.alive:
            return
        process.signal(signal.SIGSTOP)
        time.sleep(self.random.uniform(SHORTEST_STOP, LONGEST_STOP))
        process.signal(signal.SIGCONT)
        process.stopped_until = time.monotonic()
        self._said("pause worker")

    def _stop_database(self) -> None:
        seen = self._aimed("database", lambda: {**self._seen(None), SUBMITTING: sum(self.driver.in_flight.values())})
        self.cluster.server.stop(immediate=True)
        self._noted("database", seen)
        time.sleep(self.random.uniform(0.0, 1.5))
        self.cluster.server.start()
        self._said("stop database")

    def _hand_over(self) -> None:
        """The account gets another owner and CSM, after it was reviewed and perhaps before it is delivered."""
        intent = self.random.choice(self.intents)
        if intent.account_id:
            first, second = self.random.sample(OWNERS, 2)
            given = {"id": intent.account_id, "owner": f"{first}@example.com", "csm": f"{second}@example.com"}
            self.cluster.sandbox.control("account", given)
            self._said("hand over")

    def _noted(self, what: str, seen: dict[str, int]) -> None:
        for state, many in seen.items():
            self.states[what, state] += bool(many)

    def _seen(self, process) -> dict[str, int]:
        """How many deliveries are in each state; `sending` counts those that this process has in hand."""
        with contextlib.suppress(Exception):
            return in_states(f":{process.child.pid}:" if process and process.name.startswith("worker") else "")
        return {}


def in_states(part_of_name: str = "") -> dict[str, int]:
    """Deliveries under way by state, by a connection of this thread. Raises what the database does."""
    from django.db import close_old_connections
    from django.db.models import Count, Q

    from escalations.models import Delivery

    close_old_connections()
    mine = Q(state="sending", claimed_by__contains=part_of_name)
    return Delivery.objects.aggregate(
        pending=Count("pk", Q(state="pending")), sending=Count("pk", mine), uncertain=Count("pk", Q(state="uncertain"))
    )

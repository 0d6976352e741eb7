"""`python -m tests.faults.run --n 1000 --db postgres --seed 1`: one fault run and its table. Ends with 1 when it is red, 2 when it proved nothing."""

import argparse
import contextlib
import os
import random
import shutil
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests import postgres
from tests.faults import checker, proof, report, tables, weather
from tests.faults.cluster import DEADLINE, LATE, Cluster, keep
from tests.faults.driver import Driver
from tests.faults.history import History
from tests.faults.lead import Lead
from tests.faults.nemesis import Nemesis, in_states

SETTLE_SECONDS = 60.0
LAST_EFFECTS_SECONDS = DEADLINE + LATE + 1.0
NEVER_PRESSED = 0.03
THEN = {"undo": 0.04, "withdraw": 0.05, "not_mine": 0.05, "closed": 0.04, "corrected": 0.04}  # what is pressed after Send, by how often
LEFT_OVER = 0.05  # of the escalations, deliveries that may still be under way when the last fault has come
MOST_UNDER_WAY = 60
EACH_SPOILED = 20  # of so many drafts one loses its ticket or its channel
HANDED_OVER, NEW_OWNER, NEW_CSM = 4, "dana.reyes@example.com", "joel.sandberg@example.com"
SHORT = (60, 6, 2.0)
NOT_TO_BE_HAD = 75
LONGEST_SECONDS, LONGEST_WAIT_SECONDS = 3600.0, 60.0


@dataclass
class Run:
    """What was asked for, and all that came of it."""

    n: int
    database: str
    seed: int
    kills: int
    stops: int
    clock: str = ""
    mutant: str = ""
    gap: float = 4.0
    clicks: int = 0  # so many presses of Send at once on every draft, in fair weather
    weather: str = "mixed"
    stopped: float = 1.0  # so many times as many are undone, withdrawn, refused, closed and corrected
    took: dict[str, float] = field(default_factory=dict)
    installed: set = field(default_factory=set)
    fired: dict = field(default_factory=dict)
    calls: dict = field(default_factory=dict)
    driver: Driver | None = None
    nemesis: Nemesis | None = None
    lead: Lead | None = None
    history: History | None = None
    findings: checker.Findings | None = None

    def go(self) -> "Run":
        with Cluster(self.database, mutant=self.mutant, clock=self.clock) as cluster:
            tables.set_up(cluster.environment)
            self.folder = cluster.folder
            try:
                self._all(cluster)
            finally:
                from django.db import connections

                connections.close_all()
        return self

    def _all(self, cluster: Cluster) -> None:
        with self._timed("drafts"):
            intents = tables.make_intents(self.n)
            self.decide(intents)
        with self._timed("start"):
            cluster.start()
            self.driver = Driver(intents, list(cluster.ports.values()), self.seed, self._wait_until_wanted)
            self._hand_over(cluster, intents)
            if not self.clicks:
                self._spoil(cluster, intents)
        with self._timed("faults"):
            self._faults(cluster, intents)
        with self._timed("settling"):
            self._settle()
        if not self.clicks:
            with self._timed("what is left for a team lead"):
                self.lead.visit()
                self._settle()
        self._last_effects(cluster)
        self._collect(cluster, intents)

    def decide(self, intents) -> None:
        """Who never presses Send, and after which Send somebody says something more. In a storm of clicks every draft is pressed."""
        dice = random.Random(self.seed)
        for intent in intents[1:] if not self.clicks else ():
            intent.pressed = dice.random() >= NEVER_PRESSED
            shares = [share * self.stopped for share in THEN.values()]
            [intent.then] = dice.choices(["", *THEN], [1 - sum(shares), *shares])
            possible = {"not_mine": bool(intent.contact), "corrected": bool(intent.contact and intent.account_id)}
            if not possible.get(intent.then, True):
                intent.then = "closed"  # nobody is told by name, so nobody can say that it is not theirs

    def _hand_over(self, cluster, intents) -> None:
        """Accounts that got other people between the review and Send: what was reviewed is what must be sent."""
        for intent in intents[::HANDED_OVER]:
            if intent.account_id:
                cluster.sandbox.control("account", {"id": intent.account_id, "owner": NEW_OWNER, "csm": NEW_CSM})

    def _spoil(self, cluster, intents) -> None:
        """Targets that were fine when they were reviewed: a channel of one account only is archived, else the ticket is closed."""
        used = Counter(leg.target for intent in intents for leg in intent.legs)
        for intent in intents[EACH_SPOILED // 2 :: EACH_SPOILED]:
            channels = [leg for leg in intent.legs if leg.system == "slack" and leg.target[0] == "C" and used[leg.target] == 1]
            for leg in channels or [leg for leg in intent.legs if leg.system == "zendesk"]:
                leg.gone = True
                if channels:
                    cluster.sandbox.control("channel", {"id": leg.target.partition(":")[0], "archived": True})
                else:
                    cluster.sandbox.control("ticket", {"id": intent.ticket, "status": "closed"})

    def _faults(self, cluster, intents) -> None:
        before = cluster.sandbox.counts()
        for mix in weather.WEATHERS[self.weather]:
            cluster.sandbox.control("mix", mix(self.seed))
        self.installed = weather.installed(cluster.sandbox.ask("GET", "/control/faults")["faults"])
        self.nemesis = Nemesis(
            cluster, self.driver, intents, self.seed, kills=self.kills, stops=self.stops, gap=self.gap
        )
        if not self.clicks:
            self.nemesis.start()
        self.lead = Lead(cluster.sandbox, self.driver, intents, self.seed)
        if not self.clicks:
            self.lead.start()
        self.driver.run(times=self.clicks)
        until = time.monotonic() + LONGEST_SECONDS
        while not self.nemesis.done and self.nemesis.is_alive() and time.monotonic() < until:
            time.sleep(0.5)
        self._wait_until(lambda: sum(in_states().values()) <= self.n * LEFT_OVER, SETTLE_SECONDS)  # not in fair weather
        self.nemesis.stop.set()
        self.lead.stop.set()
        if not self.clicks:
            self.nemesis.join()
            self.lead.join()
        counts = cluster.sandbox.counts()
        self.fired, self.calls = weather.counted(counts), weather.calls(counts, before)
        cluster.sandbox.no_faults()

    def _settle(self) -> None:
        self._wait_until(lambda: not any(in_states().values()), SETTLE_SECONDS)

    def _wait_until(self, is_so, seconds: float) -> None:
        """The database may be away for a moment."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with contextlib.suppress(Exception):
                if is_so():
                    return
            time.sleep(0.5)

    def _last_effects(self, cluster) -> None:
        """What was asked for and is not applied yet may still come."""
        until = time.monotonic() + LAST_EFFECTS_SECONDS
        while cluster.sandbox.counts()["pending"] and time.monotonic() < until:
            time.sleep(0.2)

    def _wait_until_wanted(self) -> None:
        """Submits keep pace with the kills and with what is being delivered, so that each kill finds something under way."""
        until = time.monotonic() + LONGEST_WAIT_SECONDS
        while time.monotonic() < until:
            share = 1.0 if self.nemesis.aiming else (self.nemesis.killed + 1) / max(1, self.kills)
            with contextlib.suppress(Exception):
                if self.driver.pressed <= share * self.n and sum(in_states().values()) < MOST_UNDER_WAY:
                    return
            time.sleep(0.05)

    def _collect(self, cluster, intents) -> None:
        key = (cluster.folder / "audit_key").read_text().strip()
        self.history = History(intents, self.driver.answers, cluster.sandbox.ledger(), tables.dump(), key)
        self.findings = checker.check(self.history)

    @contextlib.contextmanager
    def _timed(self, what: str):
        began = time.monotonic()
        print(f"{time.strftime('%H:%M:%S')} {what} ...", file=sys.stderr, flush=True)
        yield
        self.took[what] = time.monotonic() - began


def options(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.faults.run")
    parser.add_argument("--n", type=int, default=1000, help="escalations")
    parser.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--kills", type=int, help="kills of web servers and workers (default: one for ten escalations)")
    parser.add_argument(
        "--stops", type=int, help="immediate stops of the database (PostgreSQL only; default: 8 of 1,000)"
    )
    parser.add_argument("--short", action="store_true", help="60 escalations and 6 kills: for every test run")
    parser.add_argument("--clock", default="", help="shift one worker's clock, such as +300 or -86400")
    parser.add_argument("--gap", type=float, default=4.0, help="seconds between two blows, on average")
    parser.add_argument("--weather", choices=weather.WEATHERS, default="mixed", help="which faults; for mutants")
    parser.add_argument("--stopped", type=float, default=1.0, help="so many times as many undone, withdrawn, refused, closed, corrected; for mutants")
    parser.add_argument("--mutant", default="", help="one of tests.faults.mutants")
    parser.add_argument(
        "--clicks", type=int, default=0, help="press Send so many times at once on each draft, without faults"
    )
    parser.add_argument("--counts", help="a file for the eight counts, as JSON")
    parser.add_argument("--keep", action="store_true", help="keep the folder with logs and history, green or red")
    given = parser.parse_args(arguments)
    if given.short:
        given.n, given.kills, given.gap = SHORT
    return given


def wanted(given) -> Run:
    kills = proof.kills_of(given.n) if given.kills is None else given.kills
    stops = proof.stops_of(given.n) if given.stops is None else given.stops
    fair, unstoppable = bool(given.clicks), given.db == "sqlite"
    return Run(
        given.n, given.db, given.seed, 0 if fair else kills, 0 if fair or unstoppable else stops, given.clock, given.mutant,
        given.gap, given.clicks, "fair" if fair else given.weather, given.stopped,
    )  # fmt: skip


def main(arguments=None) -> int:
    given = options(arguments)
    if given.clock and not shutil.which("faketime"):
        print("To shift a worker's clock faketime is needed. On Debian: apt-get install faketime", file=sys.stderr)
        return NOT_TO_BE_HAD
    try:
        run = wanted(given).go()
    except postgres.CannotStart as because:
        print(f"PostgreSQL could not be started: {because}.", file=sys.stderr)
        return postgres.CANNOT_START
    code, text = report.report(run)
    print(text, flush=True)
    if given.counts:
        keep(Path(given.counts).parent, Path(given.counts).name, run.findings.counts)
    if code or given.keep:
        run.history.write(run.folder / "history.json")
        keep(run.folder, "nemesis.json", run.nemesis.log)
        print(f"History and logs: {run.folder}")
    else:
        shutil.rmtree(run.folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # threads of the sandbox's client must not hold up the end

"""Everything the fault run starts: a database, the sandbox, web servers and workers, each a real process that can be killed."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import requests

from tests import postgres

ROOT = Path(__file__).resolve().parents[2]
# D, the longest pause, the latest late apply, and G, which must be at least their sum.
DEADLINE, PAUSE, LATE, GRACE = 4.0, 5.0, 3.0, 14.0
SMALL = {
    "DELIVERY_DEADLINE_SECONDS": DEADLINE,
    "DELIVERY_LONGEST_PAUSE_SECONDS": PAUSE,
    "DELIVERY_LATEST_APPLY_SECONDS": LATE,
    "DELIVERY_GRACE_SECONDS": GRACE,
    "DELIVERY_LOOK_AGAIN_SECONDS": 1,
    "DELIVERY_INCONCLUSIVE_SECONDS": 600,
    "DELIVERY_LONGEST_BACKOFF_SECONDS": 2,
    "DELIVERY_LONGEST_WAIT_SECONDS": 2,
    "LANE_LONGEST_PAUSE_SECONDS": 0.5,
    "SEND_HOLD": 0.5,
    "TEAM_LEADS_AFTER_SECONDS": 20,
}
START_SECONDS = 90
# Told of every process that starts and ends; kills what is left when our end of the pipe closes, even by SIGKILL.
GUARD = """trap "" INT TERM HUP
while read -r sign pid; do
  rest=; for one in $pids; do [ "$one" = "$pid" ] || rest="$rest $one"; done
  pids=$rest; [ "$sign" = + ] && pids="$pids $pid"
done
for one in $pids; do kill -9 "-$one" 2>/dev/null; done"""


class Guard:
    """Nothing of a run outlives it."""

    def __init__(self, stack):
        self.lock = threading.Lock()
        self.child = subprocess.Popen(
            ["/bin/sh", "-c", GUARD], stdin=subprocess.PIPE, text=True, start_new_session=True
        )
        stack.callback(self.child.wait)
        stack.callback(self.child.stdin.close)

    def tell(self, sign: str, pid: int) -> None:
        with self.lock:
            self.child.stdin.write(f"{sign} {pid}\n")
            self.child.stdin.flush()


class Process:
    """One process of the portal that is started again after a kill; `faketime` shifts its clock, such as "+300"."""

    def __init__(self, name: str, command: list[str], cluster: "Cluster", faketime: str = ""):
        self.name, self.command, self.cluster, self.faketime = name, command, cluster, faketime
        self.child, self.stopped_until = None, 0.0

    def start(self) -> None:
        environment = self.cluster.environment
        if self.faketime:
            library = subprocess.run(
                ["faketime", "-f", "+0s", "printenv", "LD_PRELOAD"], capture_output=True, text=True
            )
            environment = {
                **environment, "LD_PRELOAD": library.stdout.strip(), "FAKETIME": self.faketime,
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }  # fmt: skip
        with (self.cluster.folder / f"{self.name}.log").open("ab") as log:
            self.child = subprocess.Popen(
                self.command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self.cluster.guard.tell("+", self.child.pid)

    def signal(self, number: int) -> None:
        if self.child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, number)

    def kill(self) -> None:
        """As a power cut would: with all its own children, and without a word."""
        self.signal(signal.SIGKILL)
        if self.child is None:  # it was never started
            return
        self.child.wait()
        self.cluster.guard.tell("-", self.child.pid)

    @property
    def alive(self) -> bool:
        return self.child is not None and self.child.poll() is None


class Cluster:
    """`database` is sqlite or postgres; `mutant` the name of a patch that every process of the portal imports."""

    def __init__(self, database: str, *, webs: int = 2, workers: int = 3, mutant: str = "", clock: str = ""):
        self.database, self.mutant, self.clock = database, mutant, clock
        self.names = [f"web-{n}" for n in range(webs)] + [f"worker-{n}" for n in range(workers)]
        self.folder = Path(tempfile.mkdtemp(prefix="portal-faults-"))
        self.server, self.stack, self.processes, self.environment = None, contextlib.ExitStack(), {}, {}
        self.ports = {name: _free_port() for name in self.names if name.startswith("web")}

    def __enter__(self) -> "Cluster":
        with contextlib.ExitStack() as stack:
            url = f"sqlite:///{self.folder / 'portal.sqlite3'}"
            if self.database == "postgres":
                self.server = stack.enter_context(postgres.running())
                url = self.server.url
            self.guard = Guard(stack)
            self.sandbox = Sandbox(stack, self.folder, self.guard)
            self.environment = {
                **os.environ, **{name: str(value) for name, value in SMALL.items()}, "VAR_DIR": str(self.folder),
                "PORTAL_MODE": "sandbox", "DATABASE_URL": url, "SANDBOX_URL": self.sandbox.base, "LOG_FORMAT": "json",
                "DJANGO_SETTINGS_MODULE": "tests.faults.settings", "PYTHONUNBUFFERED": "1", "FAULTS_MUTANT": self.mutant,
                "EMAIL_PORT": str(self.sandbox.mail_port),
            }  # fmt: skip
            stack.callback(self._end)
            self.prepare()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def python(self, *arguments: str) -> list[str]:
        """How to run a module of the portal: mutated, when there is a mutant."""
        return [sys.executable, "-m", "tests.faults.mutated" if self.mutant else "tests.faults.plain", *arguments]

    def prepare(self) -> None:
        done = subprocess.run(
            self.python("manage", "prepare", "--verbosity", "0"), cwd=ROOT, env=self.environment,
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"prepare ended with {done.returncode}: {done.stderr[-2000:]}")

    def start(self) -> None:
        for name in self.names:
            command = self.python("manage", "worker", "--name", name) if name.startswith("worker") else self._web(name)
            clock = self.clock if name == "worker-0" else ""
            self.processes[name] = Process(name, command, self, clock)
            self.processes[name].start()
        self.wait_for_webs()

    def _web(self, name: str) -> list[str]:
        bind = f"127.0.0.1:{self.ports[name]}"
        return self.python(
            "gunicorn", "--config", "portal/gunicorn.py", "--workers", "1", "--bind", bind, "portal.wsgi"
        )

    def wait_for_webs(self) -> None:
        until = time.monotonic() + START_SECONDS
        for port in self.ports.values():
            while not _answers(port):
                if time.monotonic() > until:
                    raise RuntimeError(f"no web server answers on {port}; see {self.folder}")
                time.sleep(0.1)

    def webs(self) -> list[Process]:
        return [process for name, process in self.processes.items() if name.startswith("web")]

    def workers(self) -> list[Process]:
        return [process for name, process in self.processes.items() if name.startswith("worker")]

    def _end(self) -> None:
        for process in self.processes.values():
            process.signal(signal.SIGCONT)
            process.kill()


class Sandbox:
    """The sandbox's process, which is never killed, and its control API."""

    def __init__(self, stack, folder: Path, guard: Guard):
        self.mail_port = _free_port()
        command = [
            sys.executable, "-m", "sandbox", "--port", "0", "--mail-port", str(self.mail_port), "--data",
            str(folder / "ledger.jsonl"),
        ]  # fmt: skip
        log = stack.enter_context((folder / "sandbox.log").open("ab"))
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
        )
        guard.tell("+", process.pid)
        stack.callback(process.stdout.close)
        stack.callback(process.wait)
        stack.callback(process.kill)
        self.base, self.lock = process.stdout.readline().split()[-1], threading.Lock()
        self.session = requests.Session()
        self.session.trust_env = False

    def ask(self, method: str, path: str, given=None):
        with self.lock:
            answer = self.session.request(method, f"{self.base}{path}", json=given, timeout=60)
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.text}")
        return answer.json()

    def control(self, what: str, given):
        return self.ask("POST", f"/control/{what}", given)

    def counts(self) -> dict:
        return self.ask("GET", "/control/counts")

    def ledger(self) -> list[dict]:
        return self.ask("GET", "/ledger.json?after=0")

    def no_faults(self) -> None:
        self.ask("DELETE", "/control/faults")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(port: int) -> bool:
    session = requests.Session()
    session.trust_env = False
    with contextlib.suppress(requests.RequestException):
        return session.get(f"http://127.0.0.1:{port}/healthz", timeout=2).ok
    return False


def keep(folder: Path, name: str, value) -> None:
    (folder / name).write_text(json.dumps(value, default=str, indent=1))

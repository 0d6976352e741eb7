"""People at the portal: signed in, each pressing Send on reviewed drafts over HTTP, some twice at once, until they are answered."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random
from urllib.parse import urljoin

import requests

from escalations.rules.follow_up import NOT_MINE_REASONS
from escalations.rules.withdrawal import REASONS
from tests.faults.history import Answer, Intent
from tests.faults.sources import sent_to

DOUBLE = 0.2
PATIENCE_SECONDS = 120.0
REQUEST_SECONDS = 20.0
PAUSE_SECONDS = 0.3
# How long after Send it is pressed, at most: Undo and a correction about when it becomes too late, the others at any point of the sending.
LATEST_SECONDS = {"undo": 1.5, "withdraw": 6.0, "not_mine": 6.0, "closed": 6.0, "corrected": 1.5}
# Where each is pressed, from the escalation's address, and what its form sends.
LATER = {
    "undo": ("undo/", {}),
    "withdraw": ("withdraw/", {"reason": REASONS[0]}),
    "not_mine": ("not-mine/", {"reason": NOT_MINE_REASONS[0], "right": "unknown", "said_by": "Whoever was told"}),
    "closed": ("close/", {"disposition": "not_needed", "said_by": "Whoever was told"}),
    "corrected": ("/corrections/new/", {"instead": "next_step", "reason": "Another team", "said_by": "Whoever was told"}),
}


class Person:
    """Signed in once; each click has a connection of its own, to either web server."""

    def __init__(self, username: str, ports: list[int]):
        self.username, self.ports = username, ports
        session = _session()
        base = f"http://127.0.0.1:{ports[0]}"
        session.get(f"{base}/sign-in/", timeout=REQUEST_SECONDS)
        given = {"username": username, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
        answer = session.post(f"{base}/sign-in/as/", data=given, timeout=REQUEST_SECONDS, allow_redirects=False)
        if answer.status_code != 302 or "sessionid" not in session.cookies:
            raise RuntimeError(f"{username} could not sign in: {answer.status_code}")
        self.cookies = session.cookies.get_dict()

    def send(self, intent: Intent, port: int) -> Answer:
        return self.press(intent.draft, port, "send", f"/drafts/{intent.draft}/send/", {"seal": intent.seal})

    def then(self, intent: Intent, port: int, escalation: str) -> Answer:
        return self.press(intent.draft, port, intent.then, *form_of(intent, escalation))

    def read(self, path: str, port: int) -> str:
        """A page, "" where none came."""
        with _session() as session, contextlib.suppress(requests.RequestException):
            answer = session.get(f"http://127.0.0.1:{port}{path}", cookies=self.cookies, timeout=REQUEST_SECONDS)
            return answer.text if answer.ok else ""
        return ""

    def press(self, draft: str, port: int, what: str, path: str, given: dict) -> Answer:
        """One press of a button: what came back, state 0 when nothing did."""
        given = {**given, "csrfmiddlewaretoken": self.cookies["csrftoken"]}
        with _session() as session:
            try:
                answer = session.post(
                    f"http://127.0.0.1:{port}{path}", data=given, cookies=self.cookies, timeout=REQUEST_SECONDS,
                    allow_redirects=False,
                )  # fmt: skip
            except requests.RequestException as error:
                return Answer(draft, 0, type(error).__name__, time.time(), what=what)
        said = "" if answer.status_code == 302 else answer.text[-1500:]
        location = answer.headers.get("Location", "")
        return Answer(draft, answer.status_code, location, time.time(), said, what)


class Driver:
    """Presses Send on every intent that is to be pressed; `wait_until_wanted` slows it down to what is being delivered."""

    def __init__(self, intents: list[Intent], ports: list[int], seed: int, wait_until_wanted=lambda: None):
        self.intents, self.random, self.wait = [one for one in intents if one.pressed], Random(seed), wait_until_wanted
        self.people = {name: Person(name, ports) for name in sorted({one.author for one in intents})}
        self.ports, self.answers, self.lock = ports, [], threading.Lock()
        self.in_flight, self.pressed = dict.fromkeys(ports, 0), 0

    def run(self, threads: int = 6, times: int = 0) -> None:
        """`times` presses at once on every draft, one draft after the other; 0: one, and on some two."""
        plan = [
            (intent, times or (2 if self.random.random() < DOUBLE else 1), self.random.random())
            for intent in self.intents
        ]
        threads = 1 if times else threads
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda given: self._press_until_answered(*given), plan))

    def _press_until_answered(self, intent: Intent, times: int, dice: float) -> None:
        """As a person does: no answer, or an error page, means to press again; a 409 means that it was refused."""
        self.wait()
        port, until = self.ports[int(dice * len(self.ports))], time.monotonic() + PATIENCE_SECONDS
        with self.lock:
            self.pressed += 1
        while time.monotonic() < until:
            answers = self._at_once(intent, port, times)
            if any(map(_is_answered, answers)):
                break
            port = self._other(port)
            time.sleep(PAUSE_SECONDS)
        escalation = next(filter(None, map(sent_to, answers)), "")
        if intent.then and escalation:
            time.sleep(dice * LATEST_SECONDS[intent.then])
            self._then_until_answered(intent, port, escalation)

    def _then_until_answered(self, intent: Intent, port: int, escalation: str) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            answer = self.people[intent.author].then(intent, port, escalation)
            with self.lock:
                self.answers.append(answer)
            if _is_answered(answer):
                return
            port = self._other(port)
            time.sleep(PAUSE_SECONDS)

    def _other(self, port: int) -> int:
        return self.ports[(self.ports.index(port) + 1) % len(self.ports)]

    def _at_once(self, intent: Intent, port: int, times: int) -> list[Answer]:
        found, person = [], self.people[intent.author]
        with self.lock:
            self.in_flight[port] += times
        ports = [port] * times if times <= 2 else [self.ports[n % len(self.ports)] for n in range(times)]
        threads = [threading.Thread(target=lambda to=to: found.append(person.send(intent, to))) for to in ports]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with self.lock:
            self.in_flight[port] -= times
            self.answers += found
        return found


def form_of(intent: Intent, escalation: str) -> tuple[str, dict]:
    """Where what comes after Send is pressed, and what that sends."""
    path, given = LATER[intent.then]
    about = {"account": intent.account_id, "email": intent.contact} if intent.then == "corrected" else {}
    return urljoin(escalation, path), {**given, **about}


def _is_answered(answer: Answer) -> bool:
    return answer.state == 302 or 400 <= answer.state < 500


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session

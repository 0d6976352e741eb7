"""One sandbox process for all tests of this folder, and the real client libraries pointed at it."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from slack_sdk import WebClient
from zenpy import Zenpy

ROOT = Path(__file__).resolve().parents[2]
ZENDESK = "https://portal-demo.zendesk.com"


def start_process(*options):
    """Start a sandbox; returns (process, address)."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().split()[-1]


def stop(process):
    """End a sandbox that `start_process` started."""
    process.terminate()
    process.wait(5)
    process.stdout.close()


class ToLoopback(HTTPAdapter):
    """Keeps the public https address on the request and sends the bytes to the sandbox."""

    def __init__(self, base):
        super().__init__(max_retries=0)
        self.base = base

    def send(self, request, **options):
        public = request.url
        parts = urlsplit(public)
        request.headers["Host"] = parts.netloc
        request.url = self.base + public.split(parts.netloc, 1)[1]
        try:
            response = super().send(request, **options)
            response.url = public
            return response
        finally:
            request.url = public


def session_to(base):
    """Return a requests session whose https goes to the sandbox."""
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", ToLoopback(base))
    return session


class Sandbox:
    """What tests ask of the running sandbox."""

    def __init__(self, base):
        self.base = base
        self.own = requests.Session()
        self.own.trust_env = False
        self.public = session_to(base)

    def get(self, path, **options):
        """GET one of the sandbox's own addresses."""
        return self.own.get(self.base + path, timeout=5, **options)

    def control(self, what, value=None):
        """POST to the control API and return its JSON."""
        answer = self.own.post(f"{self.base}/control/{what}", json=value or {}, timeout=5)
        assert answer.ok, answer.text
        return answer.json()

    def ledger(self, after=0):
        """Return the effects after number `after`."""
        return self.get(f"/ledger.json?after={after}").json()

    def kinds(self):
        """Return the kinds of all effects."""
        return [entry["kind"] for entry in self.ledger()]

    def zendesk(self, method, path, host=ZENDESK, **options):
        """Call Zendesk with an API token."""
        return self.public.request(
            method, f"{host}/api/v2/{path}", auth=("portal@example.com/token", "t"), timeout=5, **options
        )

    def update(self, number, host=ZENDESK, **ticket):
        """PUT an update of a ticket."""
        return self.zendesk("PUT", f"tickets/{number}.json", host, json={"ticket": ticket})

    def slack(self, method, **fields):
        """Call a Slack method with a JSON body and return its JSON."""
        head = {"Authorization": "Bearer xoxb-test"}
        return self.public.post(f"https://slack.com/api/{method}", json=fields, headers=head, timeout=5).json()


@pytest.fixture(scope="session")
def running():
    process, base = start_process()
    yield Sandbox(base)
    stop(process)


@pytest.fixture
def start():
    """Start further sandboxes; they end with the test. Returns (process, Sandbox)."""
    processes = []

    def starter(*options):
        process, base = start_process(*options)
        processes.append(process)
        return process, Sandbox(base)

    yield starter
    for process in processes:
        stop(process)


@pytest.fixture
def sandbox(running):
    """The sandbox as on its first day."""
    running.control("reset")
    return running


@pytest.fixture
def zenpy(sandbox):
    return Zenpy(
        subdomain="portal-demo",
        email="portal@example.com",
        token="t",
        session=session_to(sandbox.base),
        disable_cache=True,
        timeout=5,
    )


@pytest.fixture
def salesforce(sandbox):
    return Salesforce(
        consumer_key="k", consumer_secret="s", domain="portal-demo.my", version="62.0", session=session_to(sandbox.base)
    )


@pytest.fixture
def slack(sandbox):
    return WebClient(token="xoxb-test", base_url=f"{sandbox.base}/api/", headers={"Host": "slack.com"}, timeout=5)

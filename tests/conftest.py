"""What every test may use: the sandbox (one process per test process), the people, the published mapping."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from django.db import connections

from tests.databases import database, db, own_database, shared_prepared, templates

__all__ = ["database", "db", "own_database", "shared_prepared", "templates"]
ROOT = Path(__file__).resolve().parents[1]
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday


class SandboxProcess:
    """The running sandbox, and what tests ask of it."""

    def __init__(self, base: str):
        self.base = base
        self.session = requests.Session()
        self.session.trust_env = False

    def ledger(self) -> list[dict]:
        """Every effect that was applied, oldest first."""
        return self.session.get(f"{self.base}/ledger.json?after=0", timeout=5).json()

    def effects(self, kind: str) -> list[dict]:
        return [entry for entry in self.ledger() if entry["kind"] == kind]

    def control(self, what: str, **value) -> dict:
        answer = self.session.post(f"{self.base}/control/{what}", json=value, timeout=5)
        assert answer.ok, answer.text
        return answer.json()

    def fault(self, service: str, kind: str, **more) -> None:
        """Every call of `service` that matches goes wrong in this way, until the test ends."""
        self.control("faults", service=service, kind=kind, match=more.pop("match", "*"), **more)


def pytest_collection_modifyitems(config, items):
    """On another database only what touches it is run again: the rest has passed on SQLite, and cannot tell them apart."""
    if connections["default"].vendor == "sqlite":
        return
    touching = [item for item in items if "db" in item.fixturenames]
    config.hook.pytest_deselected(items=[item for item in items if item not in touching])
    items[:] = touching


@pytest.fixture(scope="session")
def sandbox_process():
    command = [sys.executable, "-m", "sandbox", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    yield SandboxProcess(process.stdout.readline().split()[-1])
    process.terminate()
    process.wait(5)
    process.stdout.close()


@pytest.fixture
def sandbox(sandbox_process, settings):
    """A fresh sandbox, which the portal's gateways speak to."""
    sandbox_process.control("reset")
    settings.SANDBOX_URL = sandbox_process.base
    return sandbox_process


@pytest.fixture
def people(db):
    """The demo people by user name, with every group."""
    from django.contrib.auth import get_user_model

    if not get_user_model().objects.exists():
        make_people()
    return {user.username: user for user in get_user_model().objects.all()}


@pytest.fixture
def mapping(people):
    """The default mapping, published as version 1."""
    from escalations.models.active import active, forget

    publish_mapping()
    yield active().mapping
    forget()


def publish_mapping() -> None:
    from escalations.actions import setting_up
    from escalations.models.active import forget

    forget()
    setting_up.publish_default_mapping(now=NOON)


def make_people() -> None:
    from escalations.actions import people

    people.make_groups()
    people.make_demo_people()


@pytest.fixture
def sign_in(client, people):
    """Sign the test client in as one of the people, by user name."""

    def as_person(username: str):
        client.force_login(people[username])
        return client

    return as_person

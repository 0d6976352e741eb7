"""What every test may use: the sandbox (one process per test process), the people, the published mapping."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from django.conf import settings as configured

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


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """pytest-django's database, and a copy of it that nobody is ever connected to: the template `migrated`."""
    from django.db import connections

    from tests import databases

    with django_db_blocker.unblock():
        connections["default"].close()
        shared = configured.DATABASES["default"]["NAME"]
        template = databases.beside(shared, "migrated")
        databases.copy(shared, template)
        yield
        databases.drop(template)


@pytest.fixture(scope="session")
def templates(django_db_setup, django_db_blocker):
    """The databases that `own_database` copies, by name: `migrated`, and `prepared` with people and the mapping."""
    from tests import databases

    names = {name: databases.beside(configured.DATABASES["default"]["NAME"], name) for name in ("migrated", "prepared")}
    with django_db_blocker.unblock():
        databases.copy(names["migrated"], names["prepared"])
        with databases.used(names["prepared"]):
            make_people()
            publish_mapping()
        yield names
        databases.drop(names["prepared"])


@pytest.fixture
def db(request, django_db_blocker):
    """As pytest-django's: what the test writes is rolled back. With `own_database` it is committed, and dropped."""
    if "own_database" not in request.fixturenames:
        yield request.getfixturevalue("db")
        return
    from tests import databases

    templates = request.getfixturevalue("templates")
    own = databases.beside(configured.DATABASES["default"]["NAME"], "own")
    with django_db_blocker.unblock():
        databases.copy(templates["prepared" if "mapping" in request.fixturenames else "migrated"], own)
        with databases.used(own) as database:
            yield database
        databases.drop(own)


@pytest.fixture
def own_database(db):
    """For tests that commit, and for several connections, threads or processes (these take `own_database.url`)."""
    assert db, "Name own_database in the test's own signature: `db` was set up before it."
    return db


@pytest.fixture
def people(db):
    """The demo people by user name, with every group."""
    return make_people()


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


def make_people() -> dict:
    from django.contrib.auth import get_user_model

    from escalations.actions import people

    people.make_groups()
    people.make_demo_people()
    return {user.username: user for user in get_user_model().objects.all()}


@pytest.fixture
def sign_in(client, people):
    """Sign the test client in as one of the people, by user name."""

    def as_person(username: str):
        client.force_login(people[username])
        return client

    return as_person

"""A portal does not start on a database that another mode or another key wrote to: demo and real records never mix."""

import subprocess
import sys

import pytest
from django.utils import timezone

from escalations.actions import setting_up
from escalations.models import AuditEvent, DatabaseMark
from escalations.reading.belonging import OTHER_KEY, refusal
from tests.house.code import ROOT
from tests.house.production import ENVIRONMENT
from tests.house.test_bad_settings import manage
from tests.house.test_logs_processes import free_ports

COMMANDS = {
    "prepare": ("prepare",),
    "run": ("run",),
    "worker": ("worker",),
    "worker once": ("worker", "--once"),
    "the web server's question": ("check_database",),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A demo's folder, with its database."""
    folder = tmp_path_factory.mktemp("demo")
    done = manage(folder, "prepare")
    assert done.returncode == 0, done.stderr
    return folder


def refused(done: subprocess.CompletedProcess) -> str:
    assert (done.returncode, done.stdout) == (1, ""), (done.stdout, done.stderr)
    [line] = done.stderr.splitlines()
    return line.removeprefix("CommandError: ")


def production(demo, *command) -> subprocess.CompletedProcess:
    port, *_ = free_ports(1)
    env = {**ENVIRONMENT, "VAR_DIR": str(demo / "production"), "DATABASE_URL": f"sqlite:///{demo}/portal.sqlite3", "PORT": port}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_production_does_not_start_on_the_demos_database(demo, command):
    said = refused(production(demo, sys.executable, "manage.py", *command))
    assert said == (
        "This database belongs to a portal in sandbox mode, and PORTAL_MODE is production: use another DATABASE_URL, or the same mode."
    )


def test_the_web_server_does_not_start_on_it_either(demo):
    server = (sys.executable, "-m", "gunicorn", "--config", "portal/gunicorn.py", "--bind", "127.0.0.1:0", "portal.wsgi")
    assert refused(production(demo, *server)).startswith("This database belongs to a portal in sandbox mode")


@pytest.mark.parametrize("command", ["prepare", "worker", "check_database"])
def test_a_demo_with_another_key_does_not_start_on_it(demo, tmp_path, command):
    assert refused(manage(tmp_path, command, DATABASE_URL=f"sqlite:///{demo}/portal.sqlite3")) == OTHER_KEY


def test_its_own_portal_starts_again(demo):
    assert manage(demo, "prepare").returncode == 0
    assert manage(demo, "check_database").stderr == ""


def test_a_database_that_is_away_does_not_keep_the_web_server_from_starting(tmp_path):
    assert manage(tmp_path, "check_database", DATABASE_URL="postgres://portal@127.0.0.1:1/portal").returncode == 0


def test_the_first_to_prepare_it_leaves_a_mark_once(db, settings):
    for _ in range(2):
        setting_up.mark_database(now=timezone.now())
    assert DatabaseMark.objects.get().mode == "sandbox"
    assert settings.AUDIT_KEY not in DatabaseMark.objects.get().key_fingerprint
    assert AuditEvent.objects.filter(action="database.marked").count() == 1
    assert refusal() == ""


def test_the_mark_tells_the_other_mode_and_the_other_key(db, settings):
    setting_up.mark_database(now=timezone.now())
    settings.PORTAL_MODE = "production"
    assert "belongs to a portal in sandbox mode" in refusal()
    settings.PORTAL_MODE, settings.AUDIT_KEY = "sandbox", "another"
    assert refusal() == OTHER_KEY


def test_an_older_database_without_a_mark_tells_by_its_audit_log(mapping, settings):
    assert AuditEvent.objects.exists() and not DatabaseMark.objects.exists()
    assert refusal() == ""
    settings.AUDIT_KEY = "another"
    assert refusal() == OTHER_KEY


def test_machines_are_told(client, mapping, settings):
    setting_up.mark_database(now=timezone.now())
    settings.AUDIT_KEY = "another"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["problems"][0]) == (503, OTHER_KEY)

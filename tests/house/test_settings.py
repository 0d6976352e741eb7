"""The start in production: what is missing is said in one sentence, and what is there starts and says so."""

import re
import signal
import socket
import subprocess
import sys
import time

import pytest

from escalations.models.planning import is_restricted
from tests.house.code import ROOT
from tests.house.production import ENVIRONMENT, in_production

NEEDED = [
    "SECRET_KEY", "AUDIT_KEY", "ALLOWED_HOSTS", "PORTAL_URL", "ZENDESK_HOST", "ZENDESK_CLIENT_ID", "ZENDESK_CLIENT_SECRET",
    "SALESFORCE_DOMAIN", "SALESFORCE_CONSUMER_KEY", "SALESFORCE_CONSUMER_SECRET", "SLACK_BOT_TOKEN", "SLACK_WORKSPACE_HOST",
]  # fmt: skip
US_GOVERNMENT = {
    "ZENDESK_USGOV_HOST": "acme-usgov.zendesk.com", "ZENDESK_USGOV_CLIENT_ID": "i", "ZENDESK_USGOV_CLIENT_SECRET": "s",
}  # fmt: skip


def start(folder, code="import portal.settings", **more):
    env = {**ENVIRONMENT, "VAR_DIR": str(folder), **more}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)


STARTS = {
    "manage.py": ["manage.py", "run"],
    "a check": ["manage.py", "check"],
    "gunicorn": ["-m", "gunicorn", "--config", "portal/gunicorn.py", "--bind", "127.0.0.1:0", "portal.wsgi"],
}


def command(folder, words, **more):
    env = {**ENVIRONMENT, "VAR_DIR": str(folder), **more}
    return subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_missing_is_named_in_one_sentence_with_an_example(tmp_path, name):
    done = command(tmp_path, STARTS["manage.py"], **{name: ""})
    [line] = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(rf"Set {name}: .+, for example {name}=\S+.*", line), line


@pytest.mark.parametrize("start", STARTS)
def test_every_start_says_it_in_the_same_way(tmp_path, start):
    done = command(tmp_path, STARTS[start], SLACK_BOT_TOKEN="")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == command(tmp_path, STARTS["manage.py"], SLACK_BOT_TOKEN="").stderr


def test_a_mode_that_is_none_is_said_in_one_sentence(tmp_path):
    done = command(tmp_path, STARTS["manage.py"], PORTAL_MODE="prod")
    assert (done.returncode, done.stderr) == (1, "PORTAL_MODE is 'prod': use 'sandbox' or 'production'.\n")


def test_production_needs_these_and_no_others(tmp_path):
    assert set(NEEDED) == set(ENVIRONMENT) - {"PORTAL_MODE", "DJANGO_SETTINGS_MODULE", "PATH"}
    assert start(tmp_path).stderr == ""


@pytest.mark.parametrize("name", ["ZENDESK_USGOV_CLIENT_ID", "ZENDESK_USGOV_CLIENT_SECRET"])
def test_the_us_government_instance_is_there_as_a_whole(tmp_path, name):
    done = command(tmp_path, STARTS["manage.py"], **{**US_GOVERNMENT, name: ""})
    assert done.stderr.startswith(f"Set {name}: ")


INSTANCES = """
import django
django.setup()
from escalations.gateways import wiring
from escalations.models.planning import is_restricted
from escalations.rules.tickets import NotATicket, read_ticket
from escalations.web.wizard import HOSTS
print(*HOSTS.values(), *sorted(wiring._api_hosts()), is_restricted("main"), is_restricted("usgov"))
for host in ("acme.zendesk.com", "acme-usgov.zendesk.com"):
    try:
        print(read_ticket(f"https://{host}/agent/tickets/7", HOSTS).instance)
    except NotATicket as problem:
        print(problem)
"""


def test_without_the_us_government_instance_only_the_main_one_is_known(tmp_path):
    done = start(tmp_path, INSTANCES)
    assert done.stdout.splitlines() == [
        "main acme.my.salesforce.com acme.zendesk.com slack.com False True",
        "main",
        "That link leads to acme-usgov.zendesk.com. Tickets are at acme.zendesk.com.",
    ], done.stderr


def test_with_it_both_are_known(tmp_path):
    done = start(tmp_path, INSTANCES, **{**US_GOVERNMENT, "ZENDESK_HOST": "Acme.zendesk.com"})
    assert done.stdout.splitlines() == [
        "main usgov acme-usgov.zendesk.com acme.my.salesforce.com acme.zendesk.com slack.com False True",
        "main",
        "usgov",
    ], done.stderr


def test_what_came_from_an_instance_that_is_gone_stays_restricted(settings):
    settings.ZENDESK_INSTANCES = {"main": settings.ZENDESK_INSTANCES["main"]}
    assert (is_restricted("main"), is_restricted("usgov")) == (False, True)


def test_nobody_signs_in_with_a_click(tmp_path):
    code = "from django.urls import get_resolver\nprint('sign-in-as' in get_resolver().reverse_dict)"
    assert in_production(code, tmp_path).split() == ["False"]


def test_django_finds_nothing_to_warn_of(tmp_path):
    code = "from django.core.management import execute_from_command_line as run\n"
    done = start(tmp_path, code + "run(['manage.py', 'check', '--deploy', '--fail-level', 'INFO'])")
    assert (done.returncode, done.stderr) == (0, "")


HEALTH = """
from django.test import Client
for path in ("/healthz", "/readyz", "/sign-in/"):
    for host in ("portal.example.com", "10.0.0.7:8000", "not a host"):
        answer = Client(headers={"host": host}, raise_request_exception=False).get(path)
        print(path, answer.status_code, "Content-Security-Policy" in answer, answer.get("X-Content-Type-Options"))
"""


def test_health_is_told_whatever_the_host_and_without_https_and_nothing_else_is(tmp_path):
    assert in_production(HEALTH, tmp_path).splitlines() == [
        *["/healthz 200 True nosniff"] * 3,
        *["/readyz 503 True nosniff"] * 3,  # an empty database
        *["/sign-in/ 301 True nosniff"] * 3,
    ]


def test_the_portal_starts_and_says_so(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**ENVIRONMENT, "VAR_DIR": str(tmp_path), "PORT": str(port)}
    said = tmp_path / "said"
    with said.open("w") as out:
        run = subprocess.Popen([sys.executable, "manage.py", "run"], cwd=ROOT, env=env, stdout=out, stderr=out)
    until = time.monotonic() + 90
    while "The portal is ready" not in said.read_text() and run.poll() is None and time.monotonic() < until:
        time.sleep(0.2)
    run.terminate()
    run.wait(30)
    assert "The portal is ready: https://portal.example.com" in said.read_text(), said.read_text()


STUBBORN = """
import sys
import django
django.setup()
from escalations.management.commands.run import Together
together = Together(patience=1)
together.add_process("deaf", "trap '' TERM; echo deaf is up; while :; do sleep 1; done")
together.loop()
sys.exit(together.returncode)
"""


def test_a_process_that_does_not_end_when_it_is_asked_is_killed(tmp_path):
    env = {**ENVIRONMENT, "VAR_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1", "PATH": "/usr/bin:/bin"}
    run = subprocess.Popen([sys.executable, "-c", STUBBORN], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    said = ""
    while "deaf is up" not in said:
        line = run.stdout.readline()
        assert line, said
        said += line
    run.send_signal(signal.SIGTERM)
    try:
        rest, _ = run.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        run.kill()
        raise
    assert "sending SIGKILL to deaf" in rest
    assert run.returncode == 143

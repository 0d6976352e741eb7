"""Everything that `manage.py run` and its processes write without a terminal is one JSON object a line, whatever happens."""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from tests.house.code import ROOT

CANARIES = ("k4n4ry", "Acme", "Dana", "Reyes", "disk failure", "xoxb-", "sandbox.zendesk-main", "@example")
SECONDS = 60


@pytest.fixture
def running(tmp_path):
    """A whole portal of its own on free ports; gives its address, and ends it at the latest after the test."""
    port, sandbox_port, email_port = free_ports(3)
    env = {
        **os.environ,
        "VAR_DIR": str(tmp_path),
        "PORT": port,
        "SANDBOX_PORT": sandbox_port,
        "EMAIL_PORT": email_port,
        "DATABASE_URL": "",
        "PYTHONWARNINGS": "default",
    }
    for name in ("LOG_FORMAT", "SANDBOX_URL", "DJANGO_SETTINGS_MODULE"):
        env.pop(name, None)
    said = (tmp_path / "said").open("w")
    run = subprocess.Popen([sys.executable, "manage.py", "run"], cwd=ROOT, env=env, stdout=said, stderr=said)
    try:
        until(lambda: "The portal is ready" in (tmp_path / "said").read_text() or run.poll() is not None)
        yield f"http://127.0.0.1:{port}", run
    finally:
        run.terminate()
        run.wait(30)


def free_ports(number: int) -> list[str]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [str(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def until(true) -> None:
    end = time.monotonic() + SECONDS
    while not true() and time.monotonic() < end:
        time.sleep(0.1)


class Person(requests.Session):
    """Somebody with a browser, without JavaScript."""

    def __init__(self, base: str):
        super().__init__()
        self.trust_env, self.base = False, base
        self.get(f"{base}/sign-in/")
        self.submit("/sign-in/as/", username="engineer")

    def submit(self, path: str, **values) -> requests.Response:
        return self.post(f"{self.base}{path}", {**values, "csrfmiddlewaretoken": self.cookies["csrftoken"]})


def test_every_process_writes_one_json_object_a_line(running, tmp_path):
    base, run = running
    ana = Person(base)
    draft = ana.submit("/escalate/", ticket="1001")
    path = draft.url.removeprefix(base)
    seal = re.search(r'name="seal" value="([^"]+)"', draft.text)[1]
    sent = ana.submit(f"{path}send/", seal=seal)
    until(lambda: "every 1s" not in ana.get(sent.url).text)
    assert "Delivered" in ana.get(sent.url).text
    ana.get(f"{base}/k4n4ry/?q=k4n4ry")
    assert talk(base, b"GET /?q=k4n4ry HTTP/1.1\r\nHost: k4n4ry\r\nk4n4ry: \r\n k4n4ry\x00\r\n\r\n").startswith(
        b"HTTP/1.1 400"
    )
    with sqlite3.connect(tmp_path / "portal.sqlite3", timeout=20) as database:
        database.execute("ALTER TABLE escalations_draft RENAME TO k4n4ry_1")
        database.execute("ALTER TABLE escalations_delivery RENAME TO k4n4ry_2")
    database.close()
    assert ana.get(f"{base}{path}").status_code == 500
    until(lambda: "busy or away" in (tmp_path / "said").read_text())
    run.terminate()
    run.wait(30)
    lines = (tmp_path / "said").read_text().splitlines()
    told = [json.loads(line) for line in lines]
    assert all({"at", "level", "logger"} <= line.keys() for line in told)
    assert not [line for line in lines for word in CANARIES if word.lower() in line.lower()]
    assert {
        "portal.access", "portal.sign_in", "escalations.audit", "escalations.worker", "gunicorn.error", "django.request", "portal.run.sandbox",
    } <= {line["logger"] for line in told}  # fmt: skip
    reference = f"ESC-{sent.url.rstrip('/').rpartition('/')[2]}"
    assert [line["action"] for line in told if line.get("object") == reference] == [
        "escalation.submitted",
        *["delivery.delivered"] * 2,
    ]


def talk(base: str, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", int(base.rpartition(":")[2])), timeout=10) as connection:
        connection.sendall(data)
        return connection.recv(200)


@pytest.mark.parametrize(("given", "ends"), [("xml", 1), ("json", 0), ("plain", 0)])
def test_the_form_can_be_chosen(tmp_path, given, ends):
    env = {**os.environ, "VAR_DIR": str(tmp_path), "LOG_FORMAT": given}
    done = subprocess.run(
        [sys.executable, "-c", "import portal.settings as s; print(s.LOG_FORMAT)"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout.strip() or done.stderr.strip().splitlines()[-1].partition(": ")[2]) == (
        ends,
        given if not ends else "LOG_FORMAT is 'xml': use 'json' or 'plain'.",
    )


@pytest.mark.parametrize(("mode", "form"), [("sandbox", "plain"), ("production", "json")])
def test_a_terminal_gets_plain_lines_in_sandbox_mode_only(tmp_path, mode, form):
    import pty

    from tests.house.production import ENVIRONMENT

    env = {**ENVIRONMENT, "VAR_DIR": str(tmp_path), "PORTAL_MODE": mode}
    ours, theirs = pty.openpty()
    code = "import portal.settings as s; print(s.LOG_FORMAT)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, stdout=theirs, stderr=theirs, check=True)
    assert os.read(ours, 100).decode().split() == [form]
    os.close(ours)
    os.close(theirs)


def test_commands_log_as_well(tmp_path):
    env = {**os.environ, "VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/missing/k4n4ry.sqlite3"}
    done = subprocess.run([sys.executable, "manage.py", "migrate"], cwd=ROOT, env=env, capture_output=True, text=True)
    [line] = done.stderr.splitlines()
    told = json.loads(line)
    assert (done.returncode, told["error"], told["level"]) == (1, "django.db.utils.OperationalError", "CRITICAL")
    assert "k4n4ry" not in line and Path(ROOT).as_posix() not in line

"""A setting that cannot work stops the start with one sentence: which, what it is, and what to do instead. Never a traceback."""

import os
import runpy
import socket
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.house.code import ROOT
from tests.house.test_logs_processes import free_ports

NO_PORTS = ["abc", "-1", "0", "65536", "99999999", "1.5", "9" * 5000, "80 81", "nan"]
NO_SECONDS = ["abc", "-1", "nan", "inf", "1e400", "1e300", "3000000", "8 s"]
NO_DATABASES = {
    "an unknown kind": "oops://db.example.com/portal", "another product": "mysql://u:secret@db.example.com/portal",
    "no address": "portal", "half an address": "postgres://[bad", "a port that is none": "postgres://u:secret@db.example.com:abc/portal",
    "a port too far": "postgres://u:secret@db.example.com:99999/portal", "without a name": "postgres://u:secret@db.example.com:5432/",
}  # fmt: skip


@pytest.fixture
def settings_with(monkeypatch, tmp_path):
    """The settings as a fresh process would read them."""

    def read(**environment) -> dict:
        for name in ("PORT", "SANDBOX_PORT", "EMAIL_PORT", "DATABASE_URL", "PORTAL_MODE", *environment):
            monkeypatch.delenv(name, raising=False)
        for name, value in {"VAR_DIR": str(tmp_path), **environment}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "portal" / "settings.py"))

    return read


def refused(read, **environment) -> str:
    with pytest.raises(ImproperlyConfigured) as raised:
        read(**environment)
    said = str(raised.value)
    assert "\n" not in said and len(said) < 250 and said.endswith("."), said
    return said


@pytest.mark.parametrize("text", NO_PORTS)
@pytest.mark.parametrize("name", ["PORT", "SANDBOX_PORT", "EMAIL_PORT"])
def test_a_port_that_is_none(settings_with, name, text):
    said = refused(settings_with, **{name: text})
    assert said.startswith(f"{name} is ")
    assert "use a whole number from 1 to 65535, such as" in said


@pytest.mark.parametrize("text", ["abc", "0", "-1", "1.5", "1e3", "101", "9" * 5000])
def test_a_number_of_threads_that_is_none(settings_with, text):
    said = refused(settings_with, WORKER_THREADS=text)
    assert said.startswith("WORKER_THREADS is ") and said.endswith(": use a whole number from 1 to 100, such as 4.")


@pytest.mark.parametrize("text", NO_SECONDS)
@pytest.mark.parametrize("name", ["SEND_HOLD", "DELIVERY_DEADLINE_SECONDS", "TEAM_LEADS_AFTER_SECONDS"])
def test_seconds_that_are_none(settings_with, name, text):
    assert refused(settings_with, **{name: text}).startswith(f"{name} is '{text}': use a number of seconds")


def test_a_switch_is_on_or_off(settings_with):
    assert refused(settings_with, EMAIL_USE_TLS="true") == "EMAIL_USE_TLS is 'true': use 1 for on or 0 for off."
    assert settings_with(EMAIL_USE_TLS="1")["EMAIL_USE_TLS"] is True
    assert settings_with(EMAIL_USE_TLS="0")["EMAIL_USE_TLS"] is False


def test_what_is_at_the_edge_is_taken(settings_with):
    read = settings_with(PORT="1", SANDBOX_PORT="65535", WORKER_THREADS="100", SEND_HOLD="0")
    assert (read["PORT"], read["SANDBOX_PORT"], read["WORKER_THREADS"], read["SEND_HOLD_SECONDS"]) == (1, 65535, 100, 0.0)


@pytest.mark.parametrize("port, sandbox_port", [("8000", "8010"), ("8011", "8010"), ("65535", "65534"), ("8000", "65535"), ("65534", "65535")])
def test_the_sandboxs_mail_server_has_a_port_of_its_own(settings_with, port, sandbox_port):
    read = settings_with(PORT=port, SANDBOX_PORT=sandbox_port)
    assert len({read["PORT"], read["SANDBOX_PORT"], read["EMAIL_PORT"]}) == 3
    assert 0 < read["EMAIL_PORT"] < 65536


@pytest.mark.parametrize("url", NO_DATABASES.values(), ids=NO_DATABASES)
def test_a_database_that_cannot_be_one(settings_with, url):
    said = refused(settings_with, DATABASE_URL=url)
    assert said.startswith("DATABASE_URL ")
    assert "postgres://user:password@host:5432/portal" in said
    assert "secret" not in said


def test_a_folder_that_cannot_be_made(settings_with, tmp_path):
    (tmp_path / "file").touch()
    said = refused(settings_with, VAR_DIR=str(tmp_path / "file" / "var"))
    assert said.startswith(f"VAR_DIR is '{tmp_path}/file/var', a folder that cannot be made")


def manage(folder, command="run", **environment) -> subprocess.CompletedProcess:
    """`manage.py run`, which has to end by itself; with free ports unless others are given."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    free = dict(zip(("PORT", "SANDBOX_PORT", "EMAIL_PORT"), free_ports(3), strict=True))
    env = {**kept, **free, "VAR_DIR": str(folder), **environment}
    return subprocess.run([sys.executable, "manage.py", command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("given", [{"PORT": "abc"}, {"SANDBOX_PORT": "99999999"}, {"DATABASE_URL": "oops://x"}, {"WORKER_THREADS": "0"}], ids=str)
def test_the_start_says_it_and_ends(tmp_path, given):
    done = manage(tmp_path, **given)
    [line] = done.stderr.splitlines()
    assert line.startswith(next(iter(given)))
    assert (done.returncode, done.stdout) == (1, "")


def nobody_there() -> str:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"postgres://portal:secret@127.0.0.1:{closed.getsockname()[1]}/portal"


def no_database(folder) -> str:
    (folder / "letter.txt").write_text("This is no database. " * 100)
    return f"sqlite:///{folder}/letter.txt"


AWAY = {
    "nobody there": ("run", lambda folder: nobody_there()),
    "an option that is none": ("prepare", lambda folder: f"{nobody_there()}?sslmode=please"),
    "no such folder": ("prepare", lambda folder: f"sqlite:///{folder}/nowhere/portal.sqlite3"),
    "a file that is no database": ("prepare", no_database),
}


@pytest.mark.parametrize(("command", "make"), AWAY.values(), ids=AWAY)
def test_a_database_that_cannot_be_used_is_said_with_what_to_do(tmp_path, command, make):
    done = manage(tmp_path, command, DATABASE_URL=make(tmp_path))
    [line] = done.stderr.splitlines()
    assert line.startswith("CommandError: The database cannot be used: ")
    assert line.endswith("Check DATABASE_URL and that it is started, then try again: make run")
    assert "secret" not in line
    assert (done.returncode, done.stdout) == (1, "")


def test_a_port_that_is_busy_is_said_with_one_that_may_be_free(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        done = manage(tmp_path, PORT=str(port))
    [line] = done.stderr.splitlines()
    said, _, other = line.partition("make run PORT=")
    assert said == f"CommandError: PORT cannot be {port}: it is busy. Choose another: "
    assert 0 < int(other) < 65536


@pytest.mark.parametrize("given", [{"PORT": "65500", "SANDBOX_PORT": "65500"}, {"PORT": "65500", "EMAIL_PORT": "65500"}], ids=str)
def test_two_things_at_one_port(tmp_path, given):
    name = list(given)[1]
    assert manage(tmp_path, **given).stderr == (
        f"CommandError: {name} cannot be 65500: PORT has it already. Choose another: make run {name}=65400\n"
    )

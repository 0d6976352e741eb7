"""Tests that commit have a database of their own; nothing ever empties a table."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection, transaction

from escalations.models import MappingVersion, Worker
from tests.actions.threads import at_once
from tests.conftest import NOON

ROOT = Path(__file__).resolve().parents[2]
# What pytest-django and Django would empty every table for: audit rows and deliveries refuse it.
EMPTIES_TABLES = re.compile(
    r"transaction=True|reset_sequences|serialized_rollback|transactional_db|\blive_server\b|TransactionTestCase|LiveServerTestCase"
    r"|call_command\(\s*[\"']flush|mark\.django_db"  # the mark would open its transaction on the wrong one
)


def make_worker(name="w1"):
    Worker.objects.create(name=name, started_at=NOON, seen_at=NOON)


def test_no_test_has_its_tables_emptied():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in (ROOT / "tests").rglob("*.py")
        if path != Path(__file__)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if EMPTIES_TABLES.search(line)
    ]
    assert not found, "take the fixture db or own_database instead (tests/databases.py): " + "; ".join(found)


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_is_committed_is_gone_in_the_next_test(own_database, time):
    assert not Worker.objects.exists()
    make_worker()
    assert Worker.objects.get().pk == 1


def test_threads_see_what_is_committed(own_database):
    make_worker()
    assert at_once(Worker.objects.count, 2) == [1, 1]
    with transaction.atomic():
        make_worker("w2")
        assert at_once(Worker.objects.count, 2) == [1, 1]


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_is_written_elsewhere_is_rolled_back(mapping, time):
    assert connection.in_atomic_block
    assert (Worker.objects.exists(), MappingVersion.objects.count()) == (False, 1)
    make_worker()


@pytest.mark.parametrize("time", ["first", "second"])
def test_without_the_mapping_nothing_is_there_at_first(db, time):
    assert connection.in_atomic_block
    assert (Worker.objects.exists(), MappingVersion.objects.exists()) == (False, False)
    make_worker()


def test_who_did_not_ask_gets_none():
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        Worker.objects.exists()


def test_another_process_works_on_the_same_database(own_database):
    code = "import django; django.setup(); from escalations.models import Worker; Worker.objects.update(name='other')"
    make_worker()
    environment = os.environ | {"DATABASE_URL": own_database.url, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
    assert Worker.objects.get().name == "other"


def test_people_and_the_mapping_are_there_at_once(own_database, people, mapping):
    assert people["engineer"].groups.get().name == "engineer"
    assert MappingVersion.objects.get().number == 1

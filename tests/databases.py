"""Databases for tests that commit: each gets a copy of a template and drops it whole; no table is ever emptied.

The tables that must not change refuse UPDATE, DELETE and TRUNCATE, so what Django offers for such tests cannot work here.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import get_ident
from urllib.parse import quote

import pytest
from django.db import OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

NUMBERS = count(1)


@contextmanager
def taken_back() -> Iterator[None]:
    """What happens inside leaves nothing behind. Marked as Django's TestCase marks its own: what is durable may begin inside."""
    around = transaction.atomic()
    around._from_testcase = True
    with around:
        yield
        transaction.set_rollback(True)


@dataclass(frozen=True)
class OwnDatabase:
    """`url` is the DATABASE_URL for other processes."""

    name: str
    url: str


@pytest.fixture(scope="session")
def templates(django_db_setup, django_db_blocker):
    """The databases to copy, by name: `migrated`, and `prepared` with people and the mapping. Nobody is connected to them."""
    from tests.conftest import make_people, publish_mapping

    test = connections["default"].settings_dict["NAME"]
    names = {name: beside(test, name) for name in ("migrated", "prepared")}
    with django_db_blocker.unblock():
        connections["default"].close()
        copy(test, names["migrated"])
        copy(test, names["prepared"])
        with used(names["prepared"]):
            make_people()
            publish_mapping()
    yield names
    for name in names.values():
        drop(name)


@pytest.fixture(scope="session")
def shared_prepared(templates, django_db_blocker):
    """A connection to one copy of `prepared`, for all the tests that are rolled back."""
    name = beside(connections["default"].settings_dict["NAME"], "shared")
    with django_db_blocker.unblock():
        copy(templates["prepared"], name)
    connection = connection_to(name)
    yield connection
    connection.close()
    drop(name)


@pytest.fixture
def database(request, templates, django_db_blocker):
    """Chooses what the test works on. Publishing the mapping for each of them would take half of the suite's time."""
    asked = request.fixturenames
    with django_db_blocker.unblock():
        if "own_database" in asked:
            # A name of its own: a request that is left over from the test before must not open what is being copied here.
            name = beside(connections["default"].settings_dict["NAME"], f"own{next(NUMBERS)}")
            copy(templates["prepared" if "mapping" in asked else "migrated"], name)
            with used(name):
                yield OwnDatabase(name, url_of(connections.settings["default"]))
            drop(name)
        elif "mapping" in asked:
            with used(connection=request.getfixturevalue("shared_prepared")):
                yield
        else:
            yield


@pytest.fixture
def db(request, database):
    """As pytest-django's: what the test writes is rolled back. Only with `own_database` it is committed, and dropped."""
    if not database:
        request.getfixturevalue("db")


@pytest.fixture
def own_database(database, db):
    """For tests that commit, and for several connections, threads or processes (these take `own_database.url`)."""
    assert database, (
        "Name own_database in the test's own signature: another database was chosen before it was asked for."
    )
    return database


@contextmanager
def used(name: str = "", *, connection=None) -> Iterator[None]:
    """The ORM works on the database `name`, in every thread, or over an open `connection`. What was there before waits."""
    settings, waiting = connections.settings["default"], connections["default"]
    now = connection or connection_to(name)
    # With settings of its own: a thread that is left over from the test before keeps the old ones, and never gets in here.
    connections.settings["default"], connections["default"] = now.settings_dict, now
    try:
        yield
    finally:
        if not connection:
            now.close()
        connections.settings["default"], connections["default"] = settings, waiting


@contextmanager
def stopped() -> Iterator[None]:
    """The database answers nobody but the test's own thread."""
    mine, answers = get_ident(), BaseDatabaseWrapper._cursor

    def cursor(connection, *args):
        if get_ident() != mine:
            raise OperationalError("the connection is lost")
        return answers(connection, *args)

    BaseDatabaseWrapper._cursor = cursor
    try:
        yield
    finally:
        BaseDatabaseWrapper._cursor = answers


def connection_to(name: str):
    connection = connections["default"].copy()
    connection.settings_dict["NAME"] = name
    return connection


def url_of(settings: dict) -> str:
    if settings["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{settings['NAME']}"
    user, password, host = (quote(settings[part], safe="") for part in ("USER", "PASSWORD", "HOST"))
    return f"postgres://{user}:{password}@{host}:{settings['PORT'] or 5432}/{settings['NAME']}"


def copy(source: str, target: str) -> None:
    """Nobody may be connected to `source`."""
    drop(target)
    if connections["default"].vendor == "sqlite":
        assert not Path(f"{source}-wal").exists(), "somebody is connected: part of it is in its journal"
        Path(target).parent.mkdir(parents=True)
        shutil.copyfile(source, target)
    else:
        _maintain(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


def drop(name: str) -> None:
    """Whoever is still connected loses it."""
    if connections["default"].vendor == "sqlite":
        shutil.rmtree(Path(name).parent, ignore_errors=True)
    else:
        _maintain(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def beside(name: str, what: str) -> str:
    """The name of another database of the same test process. An SQLite database has a folder of its own, with its journal."""
    return f"{name}-{what}/db.sqlite3" if connections["default"].vendor == "sqlite" else f"{name}_{what}"


def _maintain(statement: str) -> None:
    import psycopg

    parameters = connections["default"].get_connection_params() | {"dbname": "postgres"}
    with psycopg.connect(**parameters, autocommit=True) as connection:
        connection.execute(statement)

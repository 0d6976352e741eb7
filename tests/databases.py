"""Databases for tests that commit: each gets a copy of a template and drops it whole; no table is ever emptied.

The tables that must not change refuse UPDATE, DELETE and TRUNCATE, so what Django offers for such tests cannot work here.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.db import connections


@dataclass(frozen=True)
class OwnDatabase:
    """`url` is the DATABASE_URL for other processes."""

    name: str
    url: str


@contextmanager
def used(name: str) -> Iterator[OwnDatabase]:
    """The ORM works on the database `name`, in every thread. The connection that was there waits, with its transaction."""
    settings, connection = connections.settings["default"], connections["default"]
    # A new dictionary: a thread that is left over from the test before keeps the old one, and never gets in here.
    connections.settings["default"] = settings | {"NAME": name}
    del connections["default"]
    try:
        yield OwnDatabase(name, url_of(connections.settings["default"]))
    finally:
        connections["default"].close()
        connections.settings["default"], connections["default"] = settings, connection


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

"""Reading the environment. What is not there, or cannot work, stops the start with one sentence that names the variable."""

import os
import secrets
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

LONGEST_SECONDS = 30 * 24 * 3600
ENGINES = ("django.db.backends.sqlite3", "django.db.backends.postgresql")


def required(name: str, what: str, example: str) -> str:
    """The variable; without it the start ends with one sentence that says what it is and shows an example."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"Set {name}: {what}, for example {name}={example}")
    return value


def seconds(name: str, usual: float) -> float:
    text = os.environ.get(name, "")
    try:
        value = float(text or usual)
    except ValueError:
        value = -1.0
    if not 0 <= value <= LONGEST_SECONDS:
        raise _wrong(name, text, f"use a number of seconds up to {LONGEST_SECONDS}, such as {usual:g}")
    return value


def whole(name: str, usual: int, *, least: int, most: int) -> int:
    text = os.environ.get(name, "")
    try:
        value = int(text or usual)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise _wrong(name, text, f"use a whole number from {least} to {most}, such as {usual}")
    return value


def port(name: str, usual: int) -> int:
    return whole(name, usual, least=1, most=65535)


def switch(name: str, usual: bool) -> bool:
    text = os.environ.get(name) or str(int(usual))
    if text not in ("0", "1"):
        raise _wrong(name, text, "use 1 for on or 0 for off")
    return text == "1"


def folder(name: str, usual: Path) -> Path:
    """The folder, made if it is not there."""
    path = Path(os.environ.get(name) or usual)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        trouble = f"a folder that cannot be made ({error.strerror}): name one that can, such as {usual}"
        raise ImproperlyConfigured(f"{name} is {str(path)!r}, {trouble}.") from None
    return path


def database(name: str, usual: str) -> dict:
    """The database at that address, as Django wants it. The address is never said: it holds a password."""
    try:
        found = dj_database_url.parse(os.environ.get(name) or usual, conn_max_age=60, conn_health_checks=True)
        known = found["ENGINE"] in ENGINES and found["NAME"] and int(found["PORT"] or 0) < 65536
    except ValueError:
        known = False
    if not known:
        example = "postgres://user:password@host:5432/portal"
        raise ImproperlyConfigured(f"{name} cannot be read: use {example}, or leave it empty for a file on this machine.")
    return found


def kept_secret(path: Path) -> str:
    """A secret made once and kept beside the database, so that a restart does not sign everybody out."""
    if not path.exists():
        partial = path.with_suffix(f".{os.getpid()}")
        partial.touch(mode=0o600)
        partial.write_text(secrets.token_urlsafe(50))
        partial.rename(path)
    return path.read_text().strip()


def _wrong(name: str, text: str, instead: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} is {text[:40]!r}: {instead}.")

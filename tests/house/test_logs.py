"""A log line is one line of JSON with nothing in it that is not on the list, whatever was logged."""

import ast
import io
import json
import logging
import sys
import threading
import uuid
import warnings
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import logs
from tests.house.code import calls, imports, modules

HOSTILE = 'Acme\nCorp\r\u2028\x85 \u202eevil\x00\x1b[31m \ud800 {"at": 1} dana@example.com'


@contextmanager
def logged(form=None, name="escalations.test"):
    """A logger, and the lines that it has written when the block ends."""
    log, stream, lines = logging.getLogger(name), io.StringIO(), []
    handler = logging.StreamHandler(stream)
    handler.setFormatter(form or logs.Json())
    log.addHandler(handler)
    log.propagate = False  # pytest keeps what it catches as text, and hands that on between its processes
    try:
        yield log, lines
    finally:
        log.removeHandler(handler)
        log.propagate = True
        lines += stream.getvalue().split("\n")[:-1]


def test_what_a_line_says():
    with logged() as (log, lines):
        token = logs.request_id.set("abc123")
        log.info("sent %s by %s", 7, "ana", extra={"delivery": 12, "state": "dead", "object": uuid.UUID(int=1)})
        logs.request_id.reset(token)
    told = json.loads(lines[0])
    assert told.pop("at").endswith("Z") and len(json.loads(lines[0])["at"]) == len("2026-03-02T12:00:00.123Z")
    assert told == {
        "level": "INFO", "logger": "escalations.test", "event": "sent 7 by ana", "request": "abc123",
        "object": "00000000-0000-0000-0000-000000000001", "state": "dead", "delivery": 12,
    }  # fmt: skip


def test_an_error_is_its_type_and_its_places_never_its_words():
    with logged() as (log, lines):
        try:
            try:
                json.loads("{Acme Corp")
            except ValueError as error:
                raise RuntimeError(f"Failing row contains (Acme Corp): {error}") from error
        except RuntimeError:
            log.exception("it broke")
    told = json.loads(lines[0])
    assert (told["error"], told["cause"], told["event"]) == ("RuntimeError", "json.decoder.JSONDecodeError", "it broke")
    assert told["stack"][0].startswith("tests/house/test_logs.py:") and "Acme" not in lines[0]


ASKED = [
    ("a customer's words as an argument", lambda log: log.info("look at %s", HOSTILE), "look at (not shown)"),
    ("text that was put together", lambda log: log.info(f"look at {HOSTILE}"), None),
    ("text that came from elsewhere", lambda log: log.info(HOSTILE), None),
    ("an error instead of text", lambda log: log.info(ValueError(HOSTILE)), None),
    ("a field that is on no list", lambda log: log.info("seen", extra={"subject": HOSTILE, "customer": "Acme"}), "seen"),
    ("a field on the list, with words", lambda log: log.info("seen", extra={"object": HOSTILE}), "seen"),
    ("an e-mail address as the user", lambda log: log.info("seen", extra={"user": "dana@example.com"}), "seen"),
    ("too few arguments", lambda log: log.info("%s and %s", "ana"), "%s and %s"),
    ("arguments of the wrong kind", lambda log: log.info("%d", "ana"), "%d"),
    ("no number at all", lambda log: log.info("seen", extra={"ms": float("nan")}), "seen"),
    ("a number nobody could write", lambda log: log.info("seen %s", 10**5000, extra={"ms": 10**5000}), "seen (not shown)"),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "event"), [row[1:] for row in ASKED], ids=[row[0] for row in ASKED])
def test_what_is_not_on_the_list_is_left_out(ask, event):
    with logged() as (log, lines):
        ask(log)
    assert len(lines) == 1
    assert json.loads(lines[0], parse_constant=pytest.fail).get("event") == event
    assert not any(word in lines[0] for word in ("Acme", "evil", "dana", "example.com"))


def test_of_other_peoples_code_only_text_that_stands_in_it_is_shown():
    with logged(name="urllib3.connectionpool") as (log, lines):
        log.warning("Retrying %s", "https://acme.zendesk.com/?token=xoxb-1")
        log.warning(f"Retrying {'https://acme.zendesk.com'}")
    first, second = map(json.loads, lines)
    assert first["event"] == "Retrying %s" and "event" not in second
    assert second["place"].startswith("tests/house/test_logs.py:")
    assert "acme" not in "".join(lines)


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.lists(st.text()), st.uuids()
)


@settings(deadline=None, database=None)
@given(text=st.text(), args=st.lists(VALUES, max_size=3), extra=st.dictionaries(st.sampled_from(logs.FIELDS), VALUES))
def test_whatever_is_logged_is_one_line_of_plain_json(text, args, extra):
    for form in (logs.Json(), logs.Plain(), logs.Plain(texts=True)):
        with logged(form) as (log, lines):
            log.warning(text, *args, extra=extra)
            log.warning("%s", *args, extra=extra)
        assert len(lines) == 2
        assert all(line.isascii() and line.isprintable() for line in lines)
        if isinstance(form, logs.Json):
            assert all(isinstance(json.loads(line, parse_constant=pytest.fail), dict) for line in lines)


@pytest.mark.parametrize("texts", [False, True])
def test_a_terminal_gets_the_same_facts(texts):
    with logged(logs.Plain(texts=texts)) as (log, lines):
        try:
            raise RuntimeError(HOSTILE)
        except RuntimeError:
            log.exception("it broke", extra={"delivery": 12})
    assert "ERROR escalations.test it broke delivery=12 error=RuntimeError" in lines[0]
    assert ("Acme" in "".join(lines)) == texts
    assert all(line.isascii() and line.isprintable() for line in lines)


def test_what_python_would_print_is_logged(capsys):
    before = sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning, logging.raiseExceptions
    try:
        logs.configure({"version": 1, "disable_existing_loggers": False})
        with logged(name="portal.process") as (_, lines):
            try:
                raise RuntimeError(HOSTILE)
            except RuntimeError:
                sys.excepthook(*sys.exc_info())
                threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), None)))
            warnings.showwarning(UserWarning(HOSTILE), UserWarning, __file__, 7)
    finally:
        sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning, logging.raiseExceptions = before
    ended, thread, warned = map(json.loads, lines)
    assert ended["error"] == thread["error"] == "RuntimeError"
    assert (warned["error"], warned["place"]) == ("UserWarning", "tests/house/test_logs.py:7")
    assert "Acme" not in "".join([*lines, *capsys.readouterr()])


def test_a_printed_line_becomes_one():
    made = logs.printed(HOSTILE, by="web")
    assert "\n" not in made and made.isascii()
    assert (json.loads(made)["logger"], json.loads(made)["event"]) == ("portal.run.web", HOSTILE)
    assert logs.printed(made, by="web") == made


# Of our own code: every call of a logger says fixed words, and only fields of the list.
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
LOGGING_MODULES = sorted(name for name in modules() if "logging" in imports(name) and name != "portal.logs")


def log_calls(module):
    for name, call in calls(module):
        if (
            name in LEVELS
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id in ("log", "logger", "sign_ins")
        ):
            yield call, call.args[name == "log"]


@pytest.mark.parametrize("module", LOGGING_MODULES)
def test_our_own_calls_say_fixed_words(module):
    found = [words for _, words in log_calls(module)]
    assert found or module == "escalations.gateways.slack_session", "a logger of another name is not looked at here"
    assert all(isinstance(words, ast.Constant) and isinstance(words.value, str) for words in found)


@pytest.mark.parametrize("module", LOGGING_MODULES)
def test_our_own_calls_name_only_fields_of_the_list(module):
    for call, _ in log_calls(module):
        for extra in (word.value for word in call.keywords if word.arg == "extra"):
            keys = extra.keys if isinstance(extra, ast.Dict) else []
            assert all(key is None or key.value in logs.FIELDS for key in keys), ast.unparse(call)


def test_nothing_is_printed():
    """Commands write to their own output, and the one that starts the others prints what they say."""
    allowed = {"escalations.management.commands.run", *(name for name in modules() if name.startswith("sandbox"))}
    for module in set(modules()) - allowed:
        tree = ast.parse(modules()[module].read_text())
        found = [
            n
            for n in ast.walk(tree)
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "print"
        ]
        assert not found, module

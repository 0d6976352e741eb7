"""One line for each event, whatever is in it, for every process. What may stand in it is a list; all else is left out.

Shown are text that stands in the code of whoever logs (never text that was put together), the fields of `FIELDS`, and of an
exception its type and the places it came through: its text may carry addresses, queries, rows or tokens.
"""

import json
import logging
import logging.config
import re
import sys
import threading
import traceback
import uuid
import warnings
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

BASE_DIR = f"{Path(__file__).resolve().parent.parent}/"
OURS = ("escalations", "portal")
OUR_FOLDERS = ("escalations/", "portal/", "tests/")
# What `extra={...}` may add: names of the portal's own making, numbers and ids; never what somebody wrote.
FIELDS = (
    "action", "object", "user", "by", "method", "path", "state", "ms", "draft", "escalation", "delivery", "attempt", "system",
    "service", "what", "outcome", "code", "version", "scenario", "worker", "address", "error", "place",
)  # fmt: skip
WORD = re.compile(r"[\w.:/#<>+-]{1,120}", re.ASCII)
WRAPPERS = {__name__, "logging", "gunicorn.glogging"}
PLACES = 12
NOT_SHOWN = "(not shown)"

request_id: ContextVar[str] = ContextVar("request_id", default="")


def config(form: str, *, texts: bool) -> dict:
    """The LOGGING setting; `form` is json or plain, `texts` lets plain lines bring whole tracebacks: for demo data only."""
    formatter = {"()": Plain, "texts": texts} if form == "plain" else {"()": Json}
    up = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"line": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["line"], "level": "INFO"},
        "loggers": {
            "django": {**up, "level": "INFO"},
            "django.server": up,
            "django.request": {**up, "level": "ERROR"},  # every answer has its own line, see access.py
            "gunicorn.error": {**up, "level": "WARNING"},
            "gunicorn.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
            "portal.access": {**up, "level": "WARNING" if form == "plain" else "INFO"},
        },
    }


def configure(logging_settings: dict) -> None:
    """Django's LOGGING_CONFIG. What Python itself would print becomes an event as well."""
    logging.config.dictConfig(logging_settings)
    logging.raiseExceptions = False  # or a record that cannot be written is printed, arguments and all
    log = logging.getLogger("portal.process")

    def ended(kind, error, trace):
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            log.critical("the process ended with an error", exc_info=(kind, error, trace))

    def warned(_message, category, filename, lineno, *_):
        log.warning(
            "a warning of the code", extra={"error": category.__name__, "place": f"{_short(filename)}:{lineno}"}
        )

    sys.excepthook, warnings.showwarning = ended, warned
    threading.excepthook = lambda told: log.error("a thread ended with an error", exc_info=told[:3])
    sys.unraisablehook = lambda told: log.error("an error while tidying up", exc_info=told[:3])


class Json(logging.Formatter):
    """One JSON object a line, in ASCII: nothing in it can end the line or turn its direction."""

    def format(self, record) -> str:
        return json.dumps(facts(record))


class Plain(logging.Formatter):
    """The same facts for a person at a terminal."""

    def __init__(self, *, texts: bool = False):
        super().__init__()
        self.texts = texts

    def format(self, record) -> str:
        told = facts(record)
        head = [told.pop("at")[11:19], told.pop("level"), told.pop("logger"), told.pop("event", "")]
        stack = [f"    {place}" for place in told.pop("stack", ())]
        if self.texts and stack:
            stack = "".join(traceback.format_exception(*record.exc_info)).split("\n")
        lines = [" ".join([*head, *(f"{name}={value}" for name, value in told.items())]), *stack]
        return "\n".join(map(ascii_line, lines)).rstrip()


def facts(record: logging.LogRecord) -> dict:
    """Everything that may be known of a record: at, level, logger, event, request, fields, place, error, stack."""
    at = datetime.fromtimestamp(record.created, UTC)
    told = {"at": f"{at:%Y-%m-%dT%H:%M:%S}.{int(record.msecs):03d}Z", "level": record.levelname, "logger": record.name}
    frame = _caller()
    if event := _event(record, frame):
        told["event"] = event
    if request_id.get():
        told["request"] = request_id.get()
    told |= {name: _value(getattr(record, name)) for name in FIELDS if hasattr(record, name)}
    if "place" not in told and not (event and _is_ours(record)):
        told["place"] = _place(frame.f_code, frame.f_lineno) if frame else f"{_short(record.pathname)}:{record.lineno}"
    return told | (_error(record.exc_info) if record.exc_info and record.exc_info[1] else {})


def printed(text: str, *, by: str) -> str:
    """A line that the process `by` printed, as a log line; one that is one already stays. Nothing is printed once it serves."""
    if text.startswith('{"at": '):
        return text
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"at": at, "level": "INFO", "logger": f"portal.run.{by}", "event": text[:500]})


def ascii_line(text: str) -> str:
    """The text without anything that could end its line or disguise it."""
    return json.dumps(text)[1:-1].replace('\\"', '"')


def _event(record, frame) -> str:
    """The message, if its words stand in the calling function; the values in it only where the call is ours."""
    if not isinstance(record.msg, str) or (frame and record.msg not in frame.f_code.co_consts):
        return ""
    if not _is_ours(record):
        return record.msg if frame else ""
    try:
        return (
            record.msg % tuple(map(_value, record.args))
            if isinstance(record.args, tuple) and record.args
            else record.msg
        )
    except (TypeError, ValueError):
        return record.msg


def _is_ours(record) -> bool:
    return record.name.partition(".")[0] in OURS


def _value(value):
    """Numbers and single words in ASCII; an address with @ is none, nor is a sentence."""
    if value is None or (isinstance(value, (bool, int, float)) and abs(value) < 1e18):  # so no NaN either
        return value
    if isinstance(value, uuid.UUID):
        return str(value)
    return str(value) if isinstance(value, str) and WORD.fullmatch(value) else NOT_SHOWN


def _caller():
    """The frame that logs; none when a record is formatted outside its call."""
    frame = sys._getframe()
    while frame and frame.f_globals.get("__name__") in WRAPPERS:
        frame = frame.f_back
    return frame


def _error(exc_info) -> dict:
    kind, error, trace = exc_info
    places = [_place(frame.f_code, line) for frame, line in traceback.walk_tb(trace)]
    ours = [place for place in places[:-3] if place.startswith(OUR_FOLDERS)]
    told = {"error": _name(kind), "stack": [*ours, *places[-3:]][-PLACES:]}
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return told | ({"cause": _name(type(cause))} if cause else {})


def _name(kind: type) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _place(code, line) -> str:
    return f"{_short(code.co_filename)}:{line} {code.co_name}"


def _short(path: str) -> str:
    """From the project's own folder on, or from the package's."""
    return re.sub(r"^.*/(?:site-packages|python3\.\d+)/", "", path.removeprefix(BASE_DIR))

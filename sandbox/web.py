"""What every part of the sandbox speaks: a Request that came in, an Answer that goes out."""

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qsl


@dataclass
class Request:
    """One parsed request. `query` keeps the last value of a repeated name; header names are in small letters."""

    method: str
    host: str
    path: str
    query: dict
    headers: dict
    body: bytes = b""
    client: str = "127.0.0.1"
    twist: dict = field(default_factory=dict)

    @property
    def is_json(self):
        return "json" in self.headers.get("content-type", "")

    def json(self):
        """Return the body as JSON, {} when empty. Raises ValueError when it is not JSON."""
        return json.loads(self.body.decode("utf-8")) if self.body.strip() else {}

    def fields(self):
        """Return query and body fields in one dictionary, whichever of JSON and form the body is."""
        fields = dict(self.query)
        if self.is_json:
            given = self.json()
            fields.update(given if isinstance(given, dict) else {})
        else:
            fields.update(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))
        return fields


@dataclass
class Answer:
    """One answer; `headers` are added to Content-Type, Content-Length and Date."""

    status: int
    body: bytes
    content_type: str = "application/json; charset=utf-8"
    headers: dict = field(default_factory=dict)


def json_answer(value, status=200, **headers):
    """Return `value` as JSON; keyword names become header names with dashes."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(status, body, headers={name.replace("_", "-"): text for name, text in headers.items()})


def plain_answer(text, status=200):
    """Return one line of plain text."""
    return Answer(status, f"{text}\n".encode(), "text/plain; charset=utf-8")


def truth(value):
    """Read a flag the way the services do: true, 1 and yes in any type."""
    return str(value).lower() in ("true", "1", "yes")


def whole(value, default, low, high):
    """Read a whole number between `low` and `high`; `default` when it is absent or not a number."""
    try:
        return max(low, min(high, int(value)))
    except (TypeError, ValueError):
        return default

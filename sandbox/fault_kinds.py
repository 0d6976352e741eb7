"""The kinds of faults: what each does to a request, before or after its effect, and what it answers.

Options of a kind: `seconds` (a number, or [from, to]), `retry_after`, `retry_after_date` (seconds from now), `error`, `status`, `body`,
and `name`, under which it is counted.
"""

import copy
from email.utils import formatdate
from time import time

from sandbox import calls, faults_answers
from sandbox.web import json_answer

BEFORE = {"refuse_credentials", "reset", "hang", "429", "html", "error", "json"}
AFTER = {"reset_after", "hang_after", "html_after", "error_after", "json_after", "truncated", "malformed", "drip"}
# Applied when the caller is gone: `late` keeps the connection open until it gives up, `reset_late` ends it at once.
LATE = {"late", "reset_late"}
TWISTS = {"partial_page", "repeated_cursor", "cut_page", "delayed_visibility"}
MAIL = {"reset", "hang", "drip"}  # what can happen to a mail, besides a status
KINDS = BEFORE | AFTER | LATE | TWISTS
SECONDS = {"drip": 1.0, "reset_late": 1.0}


class BadRule(ValueError):
    """A rule that cannot be understood; the text says why."""


class Fault:
    """One way to go wrong, with its options."""

    def __init__(self, given):
        self.given, self.kind = given, str(given.get("kind", ""))
        if self.kind not in KINDS and not _status(self.kind):
            raise BadRule(
                f"unknown kind {self.kind!r}; known: {', '.join(sorted(KINDS))}, a status such as 503, 503_after"
            )
        self.base = self.kind.removesuffix("_after")
        self.name = str(given.get("name") or self.base)
        self.seconds = given.get("seconds", SECONDS.get(self.kind, 30.0))
        low, high = self._range()
        if not 0 <= low <= high:
            raise BadRule("seconds must be a number, or from and to")

    def _range(self):
        low, high = self.seconds if isinstance(self.seconds, list) else (self.seconds, self.seconds)
        return float(low), float(high)

    def drawn(self, dice):
        """Return the fault for one request, with its seconds decided."""
        drawn = copy.copy(self)
        drawn.seconds = dice.uniform(*self._range())
        return drawn

    def suits(self, service, name):
        """Say whether the fault can show at all: pages are only where there are lists, and a mail has no body to spoil."""
        if service == "email":
            return self.base in MAIL or self.status is not None
        return self.kind not in TWISTS or calls.is_list(service, name)

    @property
    def status(self):
        """Return the number that the fault answers with, or None."""
        return _status(self.kind)

    @property
    def is_twist(self):
        """Whether the answer is right but for its paging or its age."""
        return self.kind in TWISTS

    @property
    def is_late(self):
        return self.kind in LATE

    @property
    def is_after(self):
        """Whether the request is carried out before the fault shows."""
        return self.kind in AFTER or self.kind.endswith("_after")

    @property
    def when(self):
        """Return before or after: whether there was an effect, at some time, that the caller did not hear of."""
        return "after" if self.is_after or self.is_late or self.is_twist else "before"

    def answer(self, service):
        """Return the wrong Answer this fault gives, or None when it gives none."""
        status = self.status
        if status and status != 429:
            return faults_answers.status(service, status, self.given.get("error"))
        if status == 429:
            return faults_answers.too_many(service, self._retry_after())
        answers = {
            "refuse_credentials": lambda: faults_answers.refuse_credentials(service, self.given.get("error")),
            "error": lambda: faults_answers.error(service, self.given.get("error"), self.given.get("status")),
            "json": lambda: json_answer(self.given.get("body")),
            "html": faults_answers.page,
        }
        return answers[self.base]() if self.base in answers else None

    def _retry_after(self):
        if "retry_after_date" in self.given:
            return formatdate(time() + float(self.given["retry_after_date"]), usegmt=True)
        value = self.given.get("retry_after")
        return None if value is None else str(value)


def _status(kind):
    digits = kind.removesuffix("_after")
    return int(digits) if digits.isdigit() and 400 <= int(digits) <= 599 else None

"""Faults on purpose: which rule fires for a request, and how often each has fired.

A rule is a dictionary, as POST /control/faults takes it: `service` (zendesk, salesforce, slack or *), `match` (a Slack
method, `PUT /api/v2/tickets` or *), `kind`, and optionally `times`, `skip`, `p`, `seed`, `seconds`, `retry_after`, `error`,
`status`, `target`, `body`. Rules are tried in the order they came in; the first that fires decides.
"""

import fnmatch
import random
import threading
from email.utils import formatdate
from time import time

from sandbox import faults_answers
from sandbox.web import json_answer

BEFORE = {"refuse_credentials", "reset", "hang", "429", "html", "error", "late", "partial_page", "repeated_cursor",
          "cut_page", "delayed_visibility", "json"}  # fmt: skip
AFTER = {"reset_after", "hang_after", "truncated", "malformed", "html_after", "drip", "error_after", "json_after"}
TWISTS = {"partial_page", "repeated_cursor", "cut_page", "delayed_visibility"}
SERVICES = ("zendesk", "salesforce", "slack", "*")


class BadRule(ValueError):
    """A rule that cannot be understood; the text says why."""


class Rule:
    """One fault rule with its own dice and counters."""

    def __init__(self, number, given):
        self.number, self.given = number, given
        self.kind, self.service = str(given.get("kind", "")), given.get("service", "*")
        self.match, self.times, self.p = str(given.get("match", "*")), given.get("times"), float(given.get("p", 1))
        self.skip, self.seen, self.fired = int(given.get("skip", 0)), 0, 0
        self.dice = random.Random(given.get("seed"))
        if self.service not in SERVICES:
            raise BadRule(f"service must be one of {', '.join(SERVICES)}")
        if self.kind not in BEFORE | AFTER and not _status(self.kind):
            raise BadRule(
                f"unknown kind {self.kind!r}; known: {', '.join(sorted(BEFORE | AFTER))}, a status such as 503, 503_after"
            )

    def fires(self, service, name, target):
        """Say whether the rule fires for this request, and count it. Called under the lock of `Faults`."""
        if self.service not in ("*", service) or not _matches(self.match, name):
            return False
        if self.given.get("target") not in (None, target):
            return False
        self.seen += 1
        if self.seen <= self.skip or (self.times is not None and self.fired >= int(self.times)):
            return False
        if self.p < 1 and self.dice.random() >= self.p:
            return False
        self.fired += 1
        return True

    @property
    def is_after(self):
        """Whether the request is carried out before the fault shows."""
        return self.kind in AFTER or self.kind.endswith("_after")

    @property
    def seconds(self):
        return float(self.given.get("seconds", 1 if self.kind == "drip" else 30))

    def answer(self, service):
        """Return the wrong Answer this rule gives, or None when it gives none."""
        status = _status(self.kind)
        if status and status != 429:
            return faults_answers.status(service, status, self.given.get("error"))
        if status == 429:
            return faults_answers.too_many(service, self._retry_after())
        if self.kind == "refuse_credentials":
            return faults_answers.refuse_credentials(service, self.given.get("error"))
        if self.kind.removesuffix("_after") == "error":
            return faults_answers.error(service, self.given.get("error"), self.given.get("status"))
        if self.kind.removesuffix("_after") == "json":
            return json_answer(self.given.get("body"))
        return faults_answers.page() if self.kind.removesuffix("_after") == "html" else None

    def _retry_after(self):
        if "retry_after_date" in self.given:
            return formatdate(time() + float(self.given["retry_after_date"]), usegmt=True)
        value = self.given.get("retry_after")
        return None if value is None else str(value)

    def as_json(self):
        """Return the rule as it was given, with its counters."""
        return {"id": self.number, **self.given, "matched": self.seen, "fired": self.fired}


def _status(kind):
    digits = kind.removesuffix("_after")
    return int(digits) if digits.isdigit() and 400 <= int(digits) <= 599 else None


def _matches(match, name):
    """A match is `*`, a beginning of `PUT /api/v2/tickets/1001`, its path alone, a Slack method, or any of these with stars."""
    names = {name, name.partition(" ")[2] or name}
    return any(one.startswith(match) if "*" not in match else fnmatch.fnmatchcase(one, match) for one in names)


class Faults:
    """All rules, the delay of each service, and a tally that outlives the rules."""

    def __init__(self):
        self.lock = threading.Lock()
        self.rules, self.latency, self.tally, self.count = [], {}, {}, 0

    def add(self, given):
        """Add a rule. Raises BadRule."""
        try:
            rule = Rule(self.count + 1, dict(given))
        except (TypeError, AttributeError) as problem:
            raise BadRule(str(problem)) from None
        with self.lock:
            self.count += 1
            self.rules.append(rule)
        return rule

    def clear(self):
        """Drop all rules; the tally stays."""
        with self.lock:
            self.rules = []

    def forget(self):
        """Drop rules, delays and tally."""
        with self.lock:
            self.rules, self.latency, self.tally = [], {}, {}

    def choose(self, service, name, target=None):
        """Return the rule that fires for this request, or None."""
        with self.lock:
            for rule in self.rules:
                if rule.fires(service, name, target):
                    key = f"{service} {rule.kind}"
                    self.tally[key] = self.tally.get(key, 0) + 1
                    return rule
        return None

    @property
    def version(self):
        """Return a text that changes when a rule comes, goes or fires."""
        with self.lock:
            return f"{self.count}.{len(self.rules)}.{sum(self.tally.values())}"

    def as_json(self):
        """Return rules, delays and tally."""
        with self.lock:
            return {
                "faults": [rule.as_json() for rule in self.rules],
                "latency": dict(self.latency),
                "fired": dict(self.tally),
            }

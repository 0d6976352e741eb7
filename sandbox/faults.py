"""Faults on purpose: which rule fires for a request, and how often each kind of fault has fired.

A rule is a dictionary, as POST /control/faults takes it: `service` (zendesk, salesforce, slack, email or *), `match` (a Slack
method, `PUT /api/v2/tickets` or *), `on` (read, write, token or *), `kind` (see `fault_kinds`) or `kinds` (a list of them, drawn in
turns so that each comes as often as any other), and optionally `times`, `skip`, `p`, `seed`, `target` and what the kinds take.
Rules are tried in the order they came in; the first that fires decides.
"""

import fnmatch
import random
import threading

from sandbox import calls
from sandbox.fault_kinds import BadRule, Fault

SERVICES = ("zendesk", "salesforce", "slack", "email", "*")


class Rule:
    """One fault rule with its own dice and counters."""

    def __init__(self, number, given):
        self.number, self.given = number, given
        self.service, self.match, self.on = (
            given.get("service", "*"),
            str(given.get("match", "*")),
            given.get("on", "*"),
        )
        self.times, self.p, self.skip = given.get("times"), float(given.get("p", 1)), int(given.get("skip", 0))
        self.seen, self.fired = 0, 0
        self.dice = random.Random(given.get("seed"))
        self.faults = [self._fault(one) for one in given.get("kinds") or [given.get("kind", "")]]
        self.bags = {}
        if self.service not in SERVICES:
            raise BadRule(f"service must be one of {', '.join(SERVICES)}")
        if self.on not in (*calls.SORTS, "*"):
            raise BadRule(f"on must be one of {', '.join(calls.SORTS)}, *")

    def _fault(self, one):
        return Fault({**self.given, **(one if isinstance(one, dict) else {"kind": one})})

    def draw(self, service, name, target):
        """Return the Fault that fires for this request, or None, and count. Called under the lock of `Faults`."""
        if not self._is_meant(service, name, target):
            return None
        self.seen += 1
        if self.seen <= self.skip or (self.times is not None and self.fired >= int(self.times)):
            return None
        if self.p < 1 and self.dice.random() >= self.p:
            return None
        suitable = [fault for fault in self.faults if fault.suits(service, name)]
        if not suitable:
            return None
        self.fired += 1
        return self._evenly(suitable).drawn(self.dice)

    def _evenly(self, suitable):
        """Return one of the faults, each as often as any other: from a bag that is filled again when it is empty."""
        bag = self.bags.setdefault(tuple(suitable), [])
        if not bag:
            bag += self.dice.sample(suitable, len(suitable))
        return bag.pop()

    def _is_meant(self, service, name, target):
        return (
            self.service in ("*", service)
            and _matches(self.match, name)
            and self.on in ("*", calls.sort_of(service, name))
            and self.given.get("target") in (None, target)
        )

    def as_json(self):
        """Return the rule as it was given, with its counters."""
        return {"id": self.number, **self.given, "matched": self.seen, "fired": self.fired}


def _matches(match, name):
    """A match is `*`, a beginning of `PUT /api/v2/tickets/1001`, its path alone, a Slack method, or any of these with stars."""
    names = {name, name.partition(" ")[2] or name}
    return any(one.startswith(match) if "*" not in match else fnmatch.fnmatchcase(one, match) for one in names)


class Faults:
    """All rules, and tallies that outlive them."""

    def __init__(self):
        self.lock = threading.Lock()
        self.count = 0
        self.forget()

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
        """Drop all rules; the tallies stay."""
        with self.lock:
            self.rules = []

    def forget(self):
        """Drop rules and tallies."""
        with self.lock:
            self.rules, self.tally, self.served = [], {}, {}

    def choose(self, service, name, target=None):
        """Count the call, and return the Fault that fires for it, or None."""
        sort = calls.sort_of(service, name)
        with self.lock:
            self.served[service, sort] = self.served.get((service, sort), 0) + 1
            for rule in self.rules:
                fault = rule.draw(service, name, target)
                if fault:
                    key = (service, sort, fault.kind, fault.name, fault.when)
                    self.tally[key] = self.tally.get(key, 0) + 1
                    return fault
        return None

    @property
    def version(self):
        """Return a text that changes when a rule comes, goes or fires."""
        with self.lock:
            return f"{self.count}.{len(self.rules)}.{sum(self.tally.values())}"

    def as_json(self):
        """Return rules and a short tally: `slack reset_after` -> times."""
        with self.lock:
            fired = {}
            for (service, _, kind, _, _), times in self.tally.items():
                fired[f"{service} {kind}"] = fired.get(f"{service} {kind}", 0) + times
            return {"faults": [rule.as_json() for rule in self.rules], "fired": fired}

    def counts(self):
        """Return how often each fault fired, by service, sort of call and before or after the effect; and all calls."""
        with self.lock:
            names = ("service", "on", "kind", "when", "fired")
            fired = [
                dict(zip(names, (service, sort, name, when, times), strict=True))
                for (service, sort, _, name, when), times in sorted(self.tally.items())
            ]
            served = [
                {"service": service, "on": sort, "calls": n} for (service, sort), n in sorted(self.served.items())
            ]
            return {"fired": fired, "calls": served}

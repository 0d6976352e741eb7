"""How long every call takes, on top of what it takes anyway."""

import random

from sandbox.fault_kinds import BadRule

SERVICES = ("zendesk", "salesforce", "slack")
LONGEST = 600_000.0


class Delays:
    """Milliseconds, or [from, to], by `slack` or `slack chat.postMessage` or `zendesk PUT /api/v2/tickets`; the longest name that fits."""

    def __init__(self):
        self.given = {}

    def set(self, given):
        """Add delays to those that are set. Raises BadRule."""
        for name, value in given.items():
            if name.split(" ")[0] not in SERVICES:
                raise BadRule(f"unknown service {name!r}")
            low, high = value if isinstance(value, list) else (value, value)
            if not 0 <= float(low) <= float(high) <= LONGEST:
                raise BadRule(f"a delay is between 0 and {LONGEST:.0f} milliseconds, or [from, to]")
        self.given = {**self.given, **given}

    def forget(self):
        self.given = {}

    def seconds(self, service, name):
        """Return how long this call is to wait."""
        fitting = [key for key in self.given if f"{service} {name}".startswith(key)]
        if not fitting:
            return 0.0
        value = self.given[max(fitting, key=len)]
        low, high = value if isinstance(value, list) else (value, value)
        return random.uniform(float(low), float(high)) / 1000

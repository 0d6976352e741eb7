"""The services' own limits, off until asked for: Slack's messages a second in a channel, Zendesk's updates.

`faster`: all windows, and so what a caller is asked to wait, are so many times shorter: for tests that cannot wait a minute.
`late_seconds` is a limit of another sort: how long after its connection was cut a request may still be applied, at most.
"""

import threading
from collections import deque

from sandbox import calls
from sandbox.fault_kinds import BadRule

# setting -> (what it is when a service's limits are switched on, the window in seconds)
WINDOWS = {"slack_a_second": (1, 1.0), "zendesk_a_minute": (100, 60.0), "zendesk_a_ticket": (30, 600.0)}
OFF = {**dict.fromkeys(WINDOWS), "late_seconds": None, "faster": None}


class Limits:
    """What is allowed, and what was asked for lately. `clock` counts seconds."""

    def __init__(self, clock):
        self.clock, self.lock = clock, threading.Lock()
        self.forget()

    def forget(self):
        """Switch everything off and forget what was counted."""
        with self.lock:
            self.settings, self.seen, self.refused = dict(OFF), {}, {}

    def set(self, given):
        """Set some limits; `slack` and `zendesk` switch the usual ones of a service on or off. Raises BadRule."""
        wanted = {}
        for name, value in given.items():
            if name in ("slack", "zendesk"):
                own = [setting for setting in WINDOWS if setting.startswith(name)]
                wanted |= {setting: WINDOWS[setting][0] if value else None for setting in own}
            elif name in OFF:
                wanted[name] = value
            else:
                raise BadRule(f"unknown limit {name!r}; known: slack, zendesk, {', '.join(OFF)}")
        if any(value is not None and not float(value) >= 0 for value in wanted.values()) or wanted.get("faster") == 0:
            raise BadRule("a limit is a number, or null for none")
        with self.lock:
            self.settings |= wanted

    def late(self, seconds):
        """Return `seconds`, or what is allowed of them."""
        most = self.settings["late_seconds"]
        return seconds if most is None else min(seconds, float(most))

    @property
    def faster(self):
        return float(self.settings["faster"] or 1)

    def retry_after(self, seconds):
        """Return what a caller is told who has to wait: whole seconds, and one more than it needs; less when all is `faster`."""
        return f"{(int(seconds * self.faster) + 1) / self.faster:g}"

    def wait(self, service, host, name, target):
        """Return how many seconds a caller has to wait, 0.0 when the call is allowed now; it is then counted."""
        with self.lock:
            windows = [(*key, self.settings[key[0]]) for key in _windows(service, host, name, target)]
            windows = [(setting, of, int(most)) for setting, of, most in windows if most is not None]
            waits = [self._wait(setting, of, most) for setting, of, most in windows]
            if any(waits):
                self.refused[service] = self.refused.get(service, 0) + 1
                return max(waits)
            for setting, of, _ in windows:
                self.seen[setting, of].append(self.clock())
            return 0.0

    def _wait(self, setting, of, most):
        """Return the seconds until fewer than `most` calls lie within the window."""
        seen, now, window = self.seen.setdefault((setting, of), deque()), self.clock(), WINDOWS[setting][1] / self.faster
        while seen and seen[0] <= now - window:
            seen.popleft()
        if len(seen) < most:
            return 0.0
        return seen[len(seen) - most] + window - now if most else window

    def as_json(self):
        with self.lock:
            return {"limits": dict(self.settings), "refused": dict(self.refused)}


def _windows(service, host, name, target):
    """Return (setting, what is counted together) of the limits that concern a call."""
    if service == "slack" and name == "chat.postMessage":
        return [("slack_a_second", target)]
    if service == "zendesk" and calls.sort_of(service, name) == "write":
        return [("zendesk_a_minute", host), ("zendesk_a_ticket", f"{host} {target}")]
    return []

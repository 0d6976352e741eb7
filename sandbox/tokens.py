"""Access tokens of Zendesk and Salesforce: any client may have one, and all can be withdrawn at once.

A token says which service and which generation it is of, so it stays good when the sandbox restarts.
"""

import secrets
import threading
import time


class Tokens:
    """Mints and judges tokens; `lifetime` seconds are remembered only while the process lives."""

    def __init__(self):
        self.lock = threading.Lock()
        self.generation = {}
        self.expires = {}
        self.minted = {}

    def mint(self, service, lifetime):
        """Return a new token for a service (`zendesk/main`, `salesforce`)."""
        with self.lock:
            generation = self.generation.get(service, 0)
            token = f"sandbox.{service.replace('/', '-')}.{generation}.{secrets.token_hex(12)}"
            self.expires[token] = time.monotonic() + lifetime
            self.minted[service] = self.minted.get(service, 0) + 1
            return token

    def is_good(self, service, token):
        """Say whether a token belongs to the service, is not withdrawn and not expired."""
        with self.lock:
            start = f"sandbox.{service.replace('/', '-')}.{self.generation.get(service, 0)}."
            return token.startswith(start) and self.expires.get(token, float("inf")) > time.monotonic()

    def withdraw(self, service):
        """Make every token of a service bad: `zendesk` means both instances."""
        with self.lock:
            for name in (service, f"{service}/main", f"{service}/usgov"):
                self.generation[name] = self.generation.get(name, 0) + 1


def bearer(headers):
    """Return the bearer token of a request, or an empty string. Slack and Salesforce clients write it their own way."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() in ("bearer", "oauth") else ""

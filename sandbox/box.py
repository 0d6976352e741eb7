"""Everything one sandbox is made of, handed to whoever answers a request."""

import threading
import time
from contextlib import contextmanager

from sandbox.delays import Delays
from sandbox.faults import Faults
from sandbox.limits import Limits
from sandbox.tokens import Tokens


class Box:
    """The world with its tokens, and all that makes it behave badly."""

    def __init__(self, world):
        self.world, self.tokens = world, Tokens()
        self.faults, self.delays, self.limits = Faults(), Delays(), Limits(time.monotonic)
        self._lock, self.pending = threading.Lock(), 0

    @contextmanager
    def to_be_applied(self):
        """Count a request that will be applied although its caller has gone; a judge waits until there are none."""
        with self._lock:
            self.pending += 1
        try:
            yield
        finally:
            with self._lock:
                self.pending -= 1

    def forget(self):
        """Behave well again."""
        self.faults.forget()
        self.delays.forget()
        self.limits.forget()

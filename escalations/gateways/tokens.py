"""A secret that all threads of a process share: made once, under a lock, and made again when it was refused."""

import threading
import time
from collections.abc import Callable
from typing import Any

from escalations.gateways.base import Deadline
from escalations.gateways.troubles import NoTimeLeft, SignInFailed


class Token:
    """Holds one value. Eight threads that need it at once cause one sign-in, not eight."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock, self._lock = clock, threading.Lock()
        self._held: tuple[Any, float] | None = None

    def get(self, make: Callable[[], tuple[Any, float]], deadline: Deadline) -> Any:
        """Return the value; `make` returns a new one and how many seconds it is good for.

        Raises SignInFailed when `make` fails, NoTimeLeft when another thread's sign-in takes too long.
        """
        value = self._current()
        if value is not None:
            return value
        if not self._lock.acquire(timeout=deadline.remaining):
            raise NoTimeLeft
        try:
            return self._current() or self._made(make)
        finally:
            self._lock.release()

    def drop(self, value: Any) -> None:
        """Forget `value` after it was refused; a newer one, made by another thread meanwhile, stays."""
        held = self._held
        if held and held[0] == value:
            self._held = None

    def _current(self):
        held = self._held
        return held[0] if held and self._clock() < held[1] else None

    def _made(self, make):
        try:
            value, seconds = make()
        except Exception as error:
            raise SignInFailed(error) from None
        self._held = (value, self._clock() + seconds * 0.9)
        return value

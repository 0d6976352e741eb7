"""Ends a call at its deadline, whatever it is waiting for.

A timeout per read does not stop a server that sends a byte every second. So an alarm shuts the socket itself, through
a duplicate of its descriptor: that works during a TLS handshake too, and cannot hit a descriptor that was reused.
"""

import contextlib
import math
import sched
import socket
import threading
import time
from collections.abc import Callable

from urllib3.connection import HTTPConnection, HTTPSConnection

from escalations.gateways.fence import Fence
from escalations.gateways.troubles import NoTimeLeft, NotSent


class Alarms:
    """Calls what was asked for when its time has come, from one thread of its own.

    A thread for each request, as `threading.Timer` has it, costs every other thread a turn at its start.
    """

    def __init__(self):
        self._calls = sched.scheduler(time.monotonic)
        self._lock, self._sooner = threading.Lock(), threading.Event()
        self._thread, self._wakes_at = None, math.inf

    def set(self, seconds: float, call: Callable[[], None]) -> sched.Event:
        alarm = self._calls.enter(seconds, 0, call)
        with self._lock:
            if self._thread is None or not self._thread.is_alive():  # also after a fork, which brings no threads along
                self._thread = threading.Thread(target=self._run, daemon=True, name="alarms")
                self._thread.start()
            elif alarm.time < self._wakes_at:
                self._sooner.set()
        return alarm

    def cancel(self, alarm: sched.Event) -> None:
        with contextlib.suppress(ValueError):  # it has gone off
            self._calls.cancel(alarm)

    def _run(self) -> None:
        while True:
            self._sooner.clear()
            # Whatever is set from here on is either seen by the next line, or sooner than this.
            self._wakes_at = math.inf
            left = self._calls.run(blocking=False)
            if left is not None:
                self._wakes_at = time.monotonic() + left
            self._sooner.wait(left)


alarms = Alarms()


class Watchdog:
    """Watches the sockets of one request for `seconds`; `fired` and `sent` tell afterwards what happened.

    `sent` is False as long as no byte of the request has left: then it was certainly not applied. A `fence` is held
    before the bytes leave; what it raised is `refusal`, and then the body of the request has not left either.
    """

    def __init__(self, seconds: float, fence: Fence | None = None):
        self.fired = self.sent = False
        self.fence, self.refusal = fence, None
        self._lock, self._duplicates = threading.Lock(), []
        self._seconds, self._alarm = seconds, None

    def __enter__(self) -> "Watchdog":
        self._alarm = alarms.set(self._seconds, self._fire)
        return self

    def __exit__(self, *_):
        alarms.cancel(self._alarm)
        with self._lock:
            for duplicate in self._duplicates:
                duplicate.close()
            self._duplicates.clear()

    def watch(self, sock) -> None:
        with self._lock:
            self._duplicates.append(socket.fromfd(sock.fileno(), sock.family, sock.type))
            if self.fired:
                self._shut()

    def sending(self, sock) -> None:
        """Called before bytes leave; a connection that was kept open comes under watch here."""
        if not self.sent:
            self.watch(sock)
        if self.fence:
            self._hold()
        self.sent = True

    def _hold(self):
        try:
            self.fence.hold()
            if self.fired:
                raise NoTimeLeft
        except NotSent as refusal:
            self.refusal = refusal
            raise

    def _fire(self):
        with self._lock:
            self.fired = True
            self._shut()

    def _shut(self):
        for duplicate in self._duplicates:
            try:
                duplicate.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # closed by the other side already


class _Watched:
    """Mixed into urllib3's connections; `owner` is the adapter whose `watchdog` is on duty."""

    def __init__(self, *args, owner, **options):
        super().__init__(*args, **options)
        self.owner = owner

    def _new_conn(self):
        sock = super()._new_conn()
        self.owner.watchdog.watch(sock)
        return sock

    def send(self, data):
        if self.sock is None:
            self.connect()
        self.owner.watchdog.sending(self.sock)
        super().send(data)


class WatchedHTTP(_Watched, HTTPConnection):
    pass


class WatchedHTTPS(_Watched, HTTPSConnection):
    pass

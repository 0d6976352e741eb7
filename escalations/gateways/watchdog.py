"""Ends a call at its deadline, whatever it is waiting for.

A timeout per read does not stop a server that sends a byte every second. So a timer shuts the socket itself, through
a duplicate of its descriptor: that works during a TLS handshake too, and cannot hit a descriptor that was reused.
"""

import socket
import threading

from urllib3.connection import HTTPConnection, HTTPSConnection

from escalations.gateways.fence import Fence
from escalations.gateways.troubles import NoTimeLeft, NotSent


class Watchdog:
    """Watches the sockets of one request for `seconds`; `fired` and `sent` tell afterwards what happened.

    `sent` is False as long as no byte of the request has left: then it was certainly not applied. A `fence` is held
    before the bytes leave; what it raised is `refusal`, and then the body of the request has not left either.
    """

    def __init__(self, seconds: float, fence: Fence | None = None):
        self.fired = self.sent = False
        self.fence, self.refusal = fence, None
        self._lock, self._duplicates = threading.Lock(), []
        self._timer = threading.Timer(seconds, self._fire)
        self._timer.daemon = True

    def __enter__(self) -> "Watchdog":
        self._timer.start()
        return self

    def __exit__(self, *_):
        self._timer.cancel()
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

"""The worker: sends what is due, looks at what is uncertain, and owns what it has in hand for as long as it lives."""

import logging
import os
import secrets
import signal
import socket
import sys
import threading

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection

from escalations.actions import ownership, working
from escalations.gateways import wiring
from escalations.reading import belonging

log = logging.getLogger("escalations.worker")
AWAY_SECONDS = 1.0


class Command(BaseCommand):
    help = "Send deliveries until SIGTERM or Ctrl-C; those in hand are finished first."

    def add_arguments(self, parser):
        parser.add_argument("--name", default="", help="By default host, process id and a random part.")
        parser.add_argument("--once", action="store_true", help="Send what is due now, then end.")

    def handle(self, *, name, once, **options):
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        wiring.warm_up()
        gateways = wiring.gateways()
        if once:
            _check_database()
            working.deliver_due(gateways, keep_going=lambda: not stop.is_set())
            return
        owner = _own(name, stop)
        if owner is None:
            return
        log.info("worker %s is ready", owner.name)
        asked = threading.Event()  # by a person: `stop` is also how the worker ends its own threads
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: (asked.set(), stop.set()))
        try:
            working.Working(gateways, owner, stop).run()
        except ownership.LockLost:
            if not asked.wait(AWAY_SECONDS):
                _begin_again()
        owner.release()


def _own(name: str, stop: threading.Event) -> ownership.Owner | None:
    """Wait for the database, then become a worker; None when asked to stop first."""
    # A random part: a process id comes back after a restart, and what its former owner had in hand is not ours.
    host = f"{name or socket.gethostname()}:{os.getpid()}"
    while not stop.is_set():
        try:
            _check_database()
            return ownership.take(f"{host}:{secrets.token_hex(3)}"[:80])
        except ownership.NotASession as refusal:
            raise CommandError(str(refusal)) from None
        except (DatabaseError, InterfaceError) as error:
            log.warning("the database is busy or away (%s); trying again", type(error).__name__)
            connection.close()
            stop.wait(AWAY_SECONDS)
    return None


def _check_database() -> None:
    """Nothing is sent out of a database that another portal wrote to."""
    said = belonging.refusal()
    if said:
        raise CommandError(said)


def _begin_again() -> None:
    """The lock is lost, so another worker may own what our threads still hold: replacing the process ends them all at once."""
    log.warning("the lock of this worker is lost; beginning again as a new one")
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.argv])

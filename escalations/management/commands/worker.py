"""The worker: sends what is due, looks at what is uncertain, and says that it is alive."""

import logging
import os
import secrets
import signal
import socket
import threading
import time

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from escalations.actions import delivery, wizard
from escalations.gateways import wiring

TIDY_SECONDS = 600
log = logging.getLogger("escalations.worker")


class Command(BaseCommand):
    help = "Send deliveries until SIGTERM or Ctrl-C; the one in hand is finished first."

    def add_arguments(self, parser):
        parser.add_argument("--name", default="", help="By default host, process id and a random part.")
        parser.add_argument("--once", action="store_true", help="Send what is due now, then end.")

    def handle(self, *, name, once, **options):
        # A random part: a process id comes back after a restart, and what its former owner had in hand is not ours.
        name = name or f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        wiring.warm_up()
        gateways = wiring.gateways()
        log.info("worker %s is ready", name)
        tidy_at = 0.0
        while not stop.is_set():
            close_old_connections()
            try:
                if time.monotonic() > tidy_at:
                    wizard.expire_old(now=timezone.now())
                    tidy_at = time.monotonic() + TIDY_SECONDS
                delivery.deliver_due(gateways, worker=name, keep_going=lambda: not stop.is_set())
            except (OperationalError, InterfaceError) as error:
                log.warning("the database is busy or away (%s); trying again", type(error).__name__)
            if once:
                return
            stop.wait(settings.WORKER_POLL_SECONDS)

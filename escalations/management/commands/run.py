"""Everything together: prepare the database, start sandbox, worker and web, say the address once all answer."""

import os
import socket
import sys
import threading
import time
import urllib.request

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from honcho import manager as honcho
from honcho.printer import Printer

from escalations.models import Worker
from portal.logs import printed

START_SECONDS = 60
END_SECONDS = 15  # a delivery in hand may take ten; what has not ended by then never will


class Together(honcho.Manager):
    """Processes that start and end together. Asked to end, each has `patience` seconds, then it is killed.

    honcho itself kills five seconds after the first has ended, and waits for ever if none does.
    """

    def __init__(self, *args, patience: float = END_SECONDS):
        super().__init__(*args)
        self.patience = honcho.KILL_WAIT = patience

    def terminate(self):
        if not self._terminating:
            timer = threading.Timer(self.patience, self.kill)
            timer.daemon = True
            timer.start()
        super().terminate()


class Lines(Printer):
    """Without a terminal every line is an event: what a process prints becomes one, and none gets a prefix."""

    def write(self, message):
        text = message.data if isinstance(message.data, str) else message.data.decode("utf-8", "replace")
        for line in filter(str.strip, text.splitlines()):
            print(printed(line, by=message.name), file=self.output, flush=True)


class Command(BaseCommand):
    help = "Start the portal: web, worker and, in sandbox mode, the sandbox. Ctrl-C or SIGTERM ends all of it."

    def handle(self, **options):
        self._check_ports()
        call_command("prepare", verbosity=0)
        began = timezone.now()
        manager = Together((Lines if settings.LOG_FORMAT == "json" else Printer)(output=sys.stdout))
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "SANDBOX_URL": settings.SANDBOX_URL}
        environment["LOG_FORMAT"] = settings.LOG_FORMAT  # they write into a pipe, whoever reads it
        for name, command in self._processes():
            manager.add_process(name, command, env=environment, cwd=str(settings.BASE_DIR))
        threading.Thread(target=self._announce, args=(began,), daemon=True).start()
        manager.loop()
        # Ended by Ctrl-C or SIGTERM is ended as asked, not a failure.
        sys.exit(0 if manager.returncode in (None, -2, -15, 130, 143) else manager.returncode)

    def _check_ports(self):
        names = {}
        for port, name in self._ports():
            why = f"{names[port]} has it already" if port in names else _why_not(port)
            if why:
                other = port + 100 if port + 100 <= 65535 else port - 100
                raise CommandError(f"{name} cannot be {port}: {why}. Choose another: make run {name}={other}")
            names[port] = name

    def _ports(self):
        yield settings.PORT, "PORT"
        if settings.SANDBOX:
            yield settings.SANDBOX_PORT, "SANDBOX_PORT"
            yield settings.EMAIL_PORT, "EMAIL_PORT"

    def _processes(self):
        python = sys.executable
        if settings.SANDBOX:
            ledger = settings.VAR_DIR / "sandbox-ledger.jsonl"
            yield "sandbox", f'exec "{python}" -m sandbox --port {settings.SANDBOX_PORT} --mail-port {settings.EMAIL_PORT} --data "{ledger}"'
        yield "worker", f'exec "{python}" manage.py worker'
        host = "127.0.0.1" if settings.SANDBOX else "0.0.0.0"
        yield (
            "web",
            f'exec "{python}" -m gunicorn --config portal/gunicorn.py --bind {host}:{settings.PORT} portal.wsgi',
        )

    def _announce(self, began):
        address = f"http://127.0.0.1:{settings.PORT}"
        waiting = {
            "the web server": lambda: _answers(f"{address}/healthz"),
            "the worker": lambda: Worker.objects.filter(seen_at__gte=began).exists(),
        }
        if settings.SANDBOX:
            waiting["the sandbox"] = lambda: _answers(f"{settings.SANDBOX_URL}/healthz")
        until = time.monotonic() + START_SECONDS
        while waiting and time.monotonic() < until:
            waiting = {name: answers for name, answers in waiting.items() if not answers()}
            time.sleep(0.1)
        if waiting:
            self._say(f"Not everything answers after {START_SECONDS} s: {', '.join(waiting)}. See the lines above.")
        else:
            self._say(f"The portal is ready: {address if settings.SANDBOX else settings.PORTAL_URL}")

    def _say(self, text: str):
        self.stdout.write(printed(text, by="run") if settings.LOG_FORMAT == "json" else f"\n  {text}\n")
        self.stdout.flush()  # into a pipe or a journal as well, where nothing more may follow for hours


def _why_not(port: int) -> str:
    """Why nobody can listen there; "" when one can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            return "it is kept for the system's own services"
        except OSError:
            return "it is busy"
    return ""


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        return opener.open(url, timeout=1).status == 200
    except OSError:
        return False

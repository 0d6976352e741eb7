"""A mail server that drips, hangs or hangs up holds nobody: the whole dialogue ends at the deadline, and how far it came says what is certain."""

import socketserver
import ssl
import threading
import time

import pytest

from escalations.gateways import mail
from escalations.gateways.base import Deadline, DeliveryError, Fenced

SECONDS = 0.6
FOR_EVER = "dripping"
GREETING, HELLO, SENDER, RECIPIENT, DATA, TAKEN, BYE = (
    b"220 Ready\r\n", b"250 mail.example.com\r\n", b"250 Fine\r\n", b"250 Fine\r\n", b"354 Go on\r\n", b"250 Kept\r\n", b"221 Bye\r\n",
)  # fmt: skip
OFFERS_TLS, SHAKE_HANDS = b"250-mail.example.com\r\n250 STARTTLS\r\n", b"220 Go on\r\n"
DIALOGUE = (GREETING, HELLO, SENDER, RECIPIENT, DATA, TAKEN, BYE)


class Server:
    """Speaks SMTP by rote: one answer a command; FOR_EVER drips a byte at a time, None hangs up. `mails` are what it was handed."""

    def __init__(self, answers, tls=None):
        self.mails, self.over = [], threading.Event()
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                for answer in answers:
                    if answer is None:
                        return
                    if answer == FOR_EVER:
                        self.drip()
                        return
                    self.wfile.write(answer)
                    if answer != SHAKE_HANDS:
                        self.read(answer)

            def drip(self):
                while not server.over.wait(0.05):
                    try:
                        self.wfile.write(b"2")
                    except OSError:
                        return

            def read(self, answer):
                line = self.rfile.readline()
                if answer == DATA:
                    lines = [line]
                    while lines[-1] not in (b".\r\n", b""):
                        lines.append(self.rfile.readline())
                    server.mails += [b"".join(lines)] if len(lines) > 1 else []

        class SpeaksTLS(Handler):
            def setup(self):
                self.request = tls.wrap_socket(self.request, server_side=True)
                super().setup()

        self.tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), SpeaksTLS if tls else Handler)
        self.tcp.daemon_threads, self.tcp.handle_error = True, lambda *_: None
        threading.Thread(target=self.tcp.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def end(self):
        self.over.set()
        self.tcp.shutdown()
        self.tcp.server_close()


@pytest.fixture
def server(settings):
    """Start one that answers so; the portal's own way of sending mail leads to it."""
    started = []

    def start(*answers, **more):
        made = Server(answers, **more)
        started.append(made)
        settings.EMAIL_BACKEND = "escalations.gateways.mail.Backend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.tcp.server_address[1]
        return made

    yield start
    for made in started:
        made.end()


def send(fence=None, seconds=SECONDS):
    said = {"to": "ana.lima@example.com", "subject": "ESC-1", "body": "Look.", "key": "k"}
    return mail.send(sender="portal@example.com", **said, deadline=Deadline(seconds), fence=fence)


def refused(**more):
    began = time.monotonic()
    with pytest.raises(DeliveryError) as caught:
        send(**more)
    assert time.monotonic() - began < SECONDS + 1.0
    return caught.value.outcome, caught.value.code


def until(step, answer):
    return (*DIALOGUE[: DIALOGUE.index(step)], answer)


BEFORE_THE_MAIL = [  # up to the last answer before it: not a word of the mail has left
    (until(GREETING, FOR_EVER), "unreachable"),
    ((GREETING, FOR_EVER), "late"),
    ((GREETING, HELLO, FOR_EVER), "late"),
    ((GREETING, HELLO, SENDER, FOR_EVER), "late"),
    ((GREETING, HELLO, SENDER, None), "broken"),
]


@pytest.mark.parametrize(("answers", "code"), BEFORE_THE_MAIL)
def test_what_ends_before_the_mail_was_certainly_not_sent(server, answers, code):
    made = server(*answers)
    assert refused() == ("not_sent", code)
    assert made.mails == []


@pytest.mark.parametrize(("answer", "code"), [(FOR_EVER, "late"), (None, "broken"), (b"what?\r\n", "failed")])
def test_after_the_mail_it_may_have_been_taken(server, answer, code):
    made = server(*until(TAKEN, answer))
    assert refused() == ("ambiguous", code)
    assert len(made.mails) == 1


@pytest.mark.parametrize("answer", [FOR_EVER, None, b"2" * 9000 + b"\r\n"])
def test_what_was_taken_is_sent_however_the_server_says_goodbye(server, answer):
    server(*until(BYE, answer))
    began = time.monotonic()
    assert send().remote_id == "<k@example.com>"
    assert time.monotonic() - began < SECONDS + 1.0


def test_a_handshake_that_drips_ends_as_well(server, settings):
    settings.EMAIL_USE_SSL, settings.EMAIL_USE_TLS = True, False
    server(FOR_EVER)
    assert refused() == ("not_sent", "unreachable")


def test_so_does_one_that_drips_after_starttls(server, settings):
    settings.EMAIL_USE_TLS = True
    server(GREETING, OFFERS_TLS, SHAKE_HANDS, FOR_EVER)
    assert refused() == ("not_sent", "unreachable")


@pytest.mark.parametrize(("answers", "outcome"), [(until(TAKEN, FOR_EVER), ("ambiguous", "late")), (until(GREETING, FOR_EVER), ("not_sent", "unreachable"))])
def test_it_is_the_same_under_tls(server, settings, monkeypatch, tls, certificate, answers, outcome):
    trusted = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusted)
    settings.EMAIL_USE_SSL, settings.EMAIL_USE_TLS = True, False
    server(*answers, tls=tls)
    assert refused() == outcome


def test_the_fence_stands_right_before_the_mail(server):
    made = server(*DIALOGUE)

    def no():
        raise Fenced("No.")

    assert refused(fence=no) == ("fenced", "fenced")
    assert made.mails == []


def test_a_mail_without_time_is_not_begun(server):
    made = server(*DIALOGUE)
    assert refused(seconds=0.0) == ("not_sent", "no_time_left")
    assert made.mails == []

"""The sandbox's mail server: what it receives is in the ledger, under its key, and on the page; and how it can go wrong."""

import smtplib
import socket
import time
from email.message import EmailMessage

import pytest

from sandbox import mail, page_received
from sandbox.box import Box
from sandbox.fault_kinds import BadRule
from sandbox.world import World


@pytest.fixture
def received():
    """A box with a mail server, and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Box(World(None))
    inbox = mail.serve(box, "127.0.0.1", port)
    yield box, port
    inbox.stop()


def send(port, timeout=5):
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "ESC-1: Slack", "portal@example.com", "ana.lima@example.com"
    message["Message-ID"] = "<0b6f-key@example.com>"
    message.set_content("It may or may not have arrived. <script>")
    with smtplib.SMTP("127.0.0.1", port, timeout=timeout) as client:
        client.send_message(message)


def test_a_mail_is_an_effect_with_its_key(received):
    box, port = received
    send(port)
    [entry] = box.world.ledger.entries
    assert (entry["kind"], entry["target"], entry["key"]) == ("email", "ana.lima@example.com", "0b6f-key")
    assert "ESC-1: Slack" in entry["text"]
    _, body = page_received.page(box.world)
    assert "E-mail to ana.lima@example.com" in str(body)
    assert "<script>" not in str(body)


# kind | what the sender meets | whether it was received
FAULTS = [
    ("451", smtplib.SMTPDataError, False),
    ("reset", OSError, False),
    ("hang", OSError, False),
    ("451_after", smtplib.SMTPDataError, True),
    ("reset_after", OSError, True),
    ("hang_after", OSError, True),
]


@pytest.mark.parametrize(("kind", "meets", "is_there"), FAULTS)
def test_a_fault_comes_before_the_mail_is_kept_or_after(received, kind, meets, is_there):
    box, port = received
    box.faults.add({"service": "email", "kind": kind, "times": 1, "seconds": 0.2})
    with pytest.raises(meets):
        send(port)
    assert bool(box.world.ledger.entries) == is_there
    send(port)
    assert len(box.world.ledger.entries) == 1 + is_there
    assert box.faults.counts()["fired"] == [
        {"service": "email", "on": "write", "kind": kind.removesuffix("_after"), "when": "after" if is_there else "before", "fired": 1}
    ]


def test_an_answer_that_never_ends_keeps_its_sender_for_ever(received):
    """No time-out of a socket ends it: something comes every moment."""
    box, port = received
    box.faults.add({"service": "email", "kind": "drip", "seconds": 0.05})
    with socket.create_connection(("127.0.0.1", port), timeout=0.5) as client:
        for line in (b"HELO me", b"MAIL FROM:<a@example.com>", b"RCPT TO:<b@example.com>", b"DATA"):
            client.recv(1000)
            client.sendall(line + b"\r\n")
        client.recv(1000)
        client.sendall(b"Subject: x\r\n\r\nx\r\n.\r\n")
        until = time.monotonic() + 1
        while time.monotonic() < until:
            assert client.recv(1000).startswith(b"250-")
    assert box.world.ledger.entries


@pytest.mark.parametrize("kind", ["html", "malformed", "late", "partial_page"])
def test_what_cannot_happen_to_a_mail_does_not(received, kind):
    box, port = received
    box.faults.add({"service": "*", "kind": kind})
    send(port)
    assert box.world.ledger.entries


def test_a_service_that_there_is_not_is_refused(received):
    box, _ = received
    with pytest.raises(BadRule, match="email"):
        box.faults.add({"service": "fax", "kind": "reset"})

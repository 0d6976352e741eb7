"""The sandbox's mail server: what it receives is in the ledger, under its key, and on the page."""

import smtplib
import socket
from email.message import EmailMessage

import pytest

from sandbox import mail, page_received
from sandbox.world import World


@pytest.fixture
def received():
    """A world with a mail server, and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    world = World(None)
    inbox = mail.serve(world, "127.0.0.1", port)
    yield world, port
    inbox.stop()


def test_a_mail_is_an_effect_with_its_key(received):
    world, port = received
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "ESC-1: Slack", "portal@example.com", "ana.lima@example.com"
    message["Message-ID"] = "<0b6f-key@example.com>"
    message.set_content("It may or may not have arrived. <script>")
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
        client.send_message(message)
    [entry] = world.ledger.entries
    assert (entry["kind"], entry["target"], entry["key"]) == ("email", "ana.lima@example.com", "0b6f-key")
    assert "ESC-1: Slack" in entry["text"]
    _, body = page_received.page(world)
    assert "E-mail to ana.lima@example.com" in str(body)
    assert "<script>" not in str(body)

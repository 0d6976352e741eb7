"""E-mail over a real mail server: the fence stands before the mail, and the server's own number decides what a refusal means."""

import socket
import sqlite3

import pytest

from escalations.gateways import mail
from escalations.gateways.base import Deadline, DeliveryError, Fenced
from sandbox import mail as mail_server
from sandbox.box import Box
from sandbox.world import World
from tests.gateways.test_fence import Clock


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def outgoing(settings):
    """The portal's own backend to a port where nobody listens yet."""
    settings.EMAIL_BACKEND = "escalations.gateways.mail.Backend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    return settings


@pytest.fixture
def received(outgoing):
    """What the mail server was handed, as effects."""
    world = World(None)
    inbox = mail_server.serve(Box(world), "127.0.0.1", outgoing.EMAIL_PORT)
    yield world.ledger.entries
    inbox.stop()


def send(fence=None, clock=None):
    said = {"to": "ana.lima@example.com", "subject": "ESC-1", "body": "Look.", "key": "k"}
    return mail.send(sender="portal@example.com", **said, deadline=Deadline(5.0, clock or Clock()), fence=fence)


def refused(**more):
    with pytest.raises(DeliveryError) as caught:
        send(**more)
    return caught.value.outcome, caught.value.code


def test_a_mail_arrives_once_with_its_key(received):
    asked = []
    assert send(fence=lambda: asked.append(len(received))).remote_id == "<k@example.com>"
    assert [entry["key"] for entry in received] == ["k"] and asked == [0]


@pytest.mark.parametrize("problem", [Fenced("No."), sqlite3.OperationalError("gone"), OSError("away"), KeyError("x")])
def test_without_a_yes_nothing_is_mailed(received, problem):
    def no():
        raise problem

    assert refused(fence=no) == ("fenced", "fenced") and received == []


def test_an_old_yes_is_none(received):
    clock = Clock()

    def slow():
        clock.ahead += 2.1

    assert refused(fence=slow, clock=clock) == ("not_sent", "fence_too_old") and received == []


def test_a_server_that_is_not_there(outgoing):
    assert refused() == ("not_sent", "unreachable")

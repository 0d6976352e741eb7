"""The fence: asked when the connection is open, and without its clear and fresh yes not one byte of a write leaves."""

import sqlite3
import threading
import time
from contextlib import contextmanager

import pytest

from escalations.gateways import transport
from escalations.gateways.base import Deadline, DeliveryError, Fenced
from escalations.gateways.transport import Hosts
from escalations.gateways.troubles import FencedOff, FenceTooOld
from escalations.gateways.watchdog import WatchedHTTP, alarms
from tests.gateways.test_transport import HOST, Server, head

CHANNEL = "C0ACCTMGMT1"
WRITES = {"zendesk": "PUT /api/v2/tickets", "slack": "chat.postMessage"}
READS = {"zendesk": "GET /api/v2/tickets/1001", "slack": "chat.getPermalink"}


class Clock:
    """Runs like the real one, and can be put forward: what a test would otherwise wait for."""

    def __init__(self):
        self.ahead = 0.0

    def __call__(self):
        return time.monotonic() + self.ahead


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def write(zendesk, slack, clock):
    """Write through one service with a fence."""

    def by(service, fence):
        deadline = Deadline(10.0, clock)
        if service == "zendesk":
            return zendesk.note(ticket_id=1001, body="b", key="k", deadline=deadline, fence=fence)
        return slack.post(channel=CHANNEL, text="t", blocks=None, key="k", deadline=deadline, fence=fence)

    return by


def refused(call):
    with pytest.raises(DeliveryError) as caught:
        call()
    assert caught.value.__cause__ is None and caught.value.__suppress_context__
    return caught.value


@contextmanager
def matched(sandbox, match):
    """Count the requests that reached the service."""
    with sandbox.counting("*", match) as counted:
        yield counted


@pytest.mark.parametrize("service", WRITES)
def test_a_refusal_lets_nothing_be_written(sandbox, write, service):
    def no():
        raise Fenced("Another worker has this delivery now.")

    with matched(sandbox, WRITES[service]) as writes:
        error = refused(lambda: write(service, no))
    assert (error.outcome, error.code) == ("fenced", "fenced")
    assert error.text == "Another worker has this delivery now."
    assert writes == [0] and sandbox.effects() == []


def test_the_ticket_was_read_before_the_fence_refused(sandbox, write):
    def no():
        raise Fenced("Gone.", code="lock_lost")

    with matched(sandbox, READS["zendesk"]) as reads:
        error = refused(lambda: write("zendesk", no))
    assert reads == [1] and (error.outcome, error.code) == ("fenced", "lock_lost")


@pytest.mark.parametrize("service", WRITES)
def test_a_yes_is_asked_for_once_and_has_one_effect(sandbox, write, service):
    asked = []
    with matched(sandbox, READS[service]) as reads:
        assert write(service, lambda: asked.append(len(sandbox.effects()))).remote_id
    assert asked == [0]  # for the write only, and before it
    assert len(sandbox.effects()) == 1 and reads == [1]


@pytest.mark.parametrize("problem", [sqlite3.OperationalError("gone"), OSError("away"), KeyError("x"), TimeoutError()])
@pytest.mark.parametrize("service", WRITES)
def test_a_fence_that_cannot_be_asked_is_a_no(sandbox, write, service, problem):
    def broken():
        raise problem

    error = refused(lambda: write(service, broken))
    assert (error.outcome, error.code) == ("fenced", "fenced") and sandbox.effects() == []
    assert "nothing was sent" in error.text and "gone" not in error.text


@pytest.mark.parametrize(("seconds", "written"), [(1.0, True), (2.1, False)])
@pytest.mark.parametrize("service", WRITES)
def test_an_old_yes_is_none(sandbox, write, clock, service, seconds, written):
    def slow():
        clock.ahead += seconds

    if written:
        assert write(service, slow).remote_id
    else:
        error = refused(lambda: write(service, slow))
        assert (error.outcome, error.code) == ("not_sent", "fence_too_old")
    assert len(sandbox.effects()) == written


def test_a_write_repeated_with_a_new_token_is_asked_about_again(sandbox, zendesk, write):
    zendesk.ticket(1002, deadline=Deadline(5.0))
    sandbox.fault("zendesk", "refuse_credentials", "PUT", times=1)
    asked = []

    def once():
        asked.append(1)
        if len(asked) > 1:
            raise Fenced("Lost meanwhile.")

    assert refused(lambda: write("zendesk", once)).outcome == "fenced"
    assert len(asked) == 2 and sandbox.effects() == []


def sending(server, fence, seconds=5.0, clock=time.monotonic):
    with transport.session(Hosts([HOST]), Deadline(seconds, clock), server.url, fence) as session:
        return session.put(f"https://{HOST}/x", data=b'{"a": 1}')


def test_the_connection_is_open_and_not_one_byte_leaves():
    def no():
        assert server.called.wait(5)
        raise Fenced("No.", code="asked")

    with Server(head("200 OK", "Content-Length: 2"), b"{}") as server, pytest.raises(FencedOff) as caught:
        sending(server, no)
    assert caught.value.code == "asked"  # and not that nobody was called
    assert server.received in ([b""], [])  # who called said nothing


def test_the_body_stays_here_when_the_pause_came_after_the_head(clock, monkeypatch):
    end = WatchedHTTP.endheaders

    def stopped_for_a_while(self, *args, **options):
        end(self, *args, **options)
        clock.ahead += 2.1

    monkeypatch.setattr(WatchedHTTP, "endheaders", stopped_for_a_while)
    with Server(head("200 OK", "Content-Length: 2"), b"{}") as server, pytest.raises(FenceTooOld):
        sending(server, lambda: None, clock=clock)
    assert not any(b'"a"' in received for received in server.received)


def test_a_deadline_that_passes_inside_the_fence_ends_without_a_byte(sandbox, slack):
    def until_the_watchdog_fired():
        passed = threading.Event()
        alarms.set(0.2, passed.set)  # one thread calls them, in their order
        assert passed.wait(10)

    write = {"channel": CHANNEL, "text": "t", "blocks": None, "key": "k", "deadline": Deadline(0.2)}
    error = refused(lambda: slack.post(**write, fence=until_the_watchdog_fired))
    assert (error.outcome, error.code) == ("not_sent", "no_time_left") and sandbox.effects() == []


def test_a_read_is_not_asked_about():
    asked = []
    with (
        Server(head("200 OK", "Content-Length: 2"), b"{}") as server,
        transport.session(Hosts([HOST]), Deadline(5.0), server.url, lambda: asked.append(1)) as session,
    ):
        session.get(f"https://{HOST}/x")
    assert asked == []

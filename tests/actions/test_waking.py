"""What wakes a worker's threads: as many as there are deliveries due, each in its own lane, and nobody for nothing."""

import threading
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from escalations.actions import delivery, lanes, working
from escalations.gateways.base import DeliveryError
from escalations.models import Lane
from escalations.models.clock import database_now
from tests.actions.factories import make_delivery

pytestmark = pytest.mark.usefixtures("mapping")
PATIENCE = 10.0  # seconds; nothing here takes a tenth of one


def in_seconds(seconds: float):
    return database_now() + timedelta(seconds=seconds)


@pytest.fixture
def rung(monkeypatch):
    """A worker whose threads were not started: `rung()` are the bells that it rings, and how long it then waits."""
    worker, heard = working.Working(None, None, threading.Event()), {}
    for key, bell in worker._bells.items():
        monkeypatch.setattr(bell, "ring", lambda many, key=key: heard.__setitem__(key, many))

    def waking():
        heard.clear()
        return worker._wake(), dict(heard)

    return waking


def test_with_nothing_to_do_nobody_is_woken(db, rung):
    assert rung() == (working.LONGEST_SLEEP_SECONDS, {})


def test_what_is_due_wakes_one_thread_each_in_its_own_lane(people, rung):
    for target in ("C1", "C2"):
        make_delivery(people["engineer"], target=target)
    make_delivery(people["engineer"], "zendesk", target="usgov:7001")
    seconds, heard = rung()
    assert heard == {("slack", "pending"): 2, ("zendesk-usgov", "pending"): 1}
    assert seconds == working.OTHER_HANDS_SECONDS  # they may be in other hands, or the lane paused: asked again soon


def test_what_is_uncertain_wakes_the_one_that_looks(people, rung):
    make_delivery(people["engineer"], state="uncertain")
    assert rung()[1] == {("slack", "uncertain"): 1}


def test_the_worker_sleeps_until_the_next_one_is_due(people, rung):
    make_delivery(people["engineer"], due_at=in_seconds(3.0))
    make_delivery(people["engineer"], due_at=in_seconds(300.0), target="C2")
    seconds, heard = rung()
    assert heard == {} and 2.0 < seconds <= 3.01


def test_what_is_under_way_or_over_wakes_nobody(people, rung):
    make_delivery(people["engineer"], state="sending", claimed_by="w1")
    make_delivery(people["engineer"], target="C2", state="dead", settled_at=database_now())
    assert rung() == (working.LONGEST_SLEEP_SECONDS, {})


def test_what_goes_to_an_instance_that_is_gone_wakes_nobody(people, rung):
    make_delivery(people["engineer"], "zendesk", target="gone:1")
    assert rung()[1] == {}
    assert [lane for (lane, _), _, _ in delivery.what_waits()] == ["zendesk"]


# paused for, failures, who tries it now for: whether what has been due for a while wakes anybody
CLOSED = [
    ({}, True),
    ({"paused_until": 30.0, "failures": 1}, False),
    ({"paused_until": -1.0, "failures": 3}, True),
    ({"paused_until": -1.0, "failures": 3, "probe_until": 5.0}, False),
    ({"paused_until": -1.0, "failures": 3, "probe_until": -5.0}, True),
    ({"failures": 2, "probe_until": 5.0}, True),
]


@pytest.mark.parametrize(("lane", "woken"), CLOSED)
def test_nobody_is_woken_for_a_lane_that_takes_nothing(people, rung, lane, woken):
    make_delivery(people["engineer"], due_at=in_seconds(-20.0))
    make_delivery(people["engineer"], "zendesk", due_at=in_seconds(-20.0))
    make_delivery(people["engineer"], target="C3", state="uncertain", due_at=in_seconds(-20.0))
    Lane.objects.create(key="slack", **{name: value if name == "failures" else in_seconds(value) for name, value in lane.items()})
    seconds, heard = rung()
    assert heard == {("zendesk-main", "pending"): 1, ("slack", "uncertain"): 1, **({("slack", "pending"): 1} if woken else {})}
    assert seconds == working.OTHER_HANDS_SECONDS  # it may open at any time


def test_what_is_uncertain_wakes_nobody_while_the_service_asks_to_wait(people, rung):
    make_delivery(people["engineer"], state="uncertain", due_at=in_seconds(-20.0))
    lanes.trouble("slack", DeliveryError("Slack asks us to wait", outcome="not_sent", code="limited", retry_after=120.0))
    assert rung() == (working.OTHER_HANDS_SECONDS, {})
    lanes.open_now("slack")
    assert rung()[1] == {("slack", "uncertain"): 1}


REFUSES = DeliveryError("Slack refuses us", outcome="paused", code="invalid_auth")


@pytest.fixture
def rung_and_closed(people):
    """A worker whose bell was rung for thirty before its lane closed, and who has seen that."""
    for n in range(30):
        make_delivery(people["engineer"], target=f"C{n}", due_at=in_seconds(-20.0))
    worker = working.Working(None, None, threading.Event())
    worker._wake()
    lanes.trouble("slack", REFUSES)
    assert delivery.send_next("slack", None, owner=None) is False
    worker._wake()
    return worker


def test_a_bell_that_was_rung_before_its_lane_closed_wakes_nobody_afterwards(rung_and_closed):
    began = time.monotonic()
    rung_and_closed._bells["slack", "pending"].wait(0.2)
    assert time.monotonic() - began > 0.15


def test_nor_one_that_was_rung_for_what_others_have_sent(people):
    row = make_delivery(people["engineer"])
    worker = working.Working(None, None, threading.Event())
    worker._wake()
    type(row).objects.update(state="sending", claimed_by="w")
    worker._wake()
    assert worker._bells["slack", "pending"]._many == 0


@pytest.mark.parametrize("state", ["pending", "uncertain"])
def test_who_waits_while_the_lane_is_closed_is_woken_when_it_opens(people, state):
    make_delivery(people["engineer"], state=state, due_at=in_seconds(-20.0))
    worker = working.Working(None, None, threading.Event())
    lanes.trouble("slack", REFUSES)
    worker._wake()
    woken, ended = _woken(worker._bells["slack", state], 1)
    assert worker._wake() == working.OTHER_HANDS_SECONDS, "asked again soon"
    time.sleep(0.1)
    assert woken == []
    lanes.open_now("slack")
    worker._wake()
    with ended:
        assert ended.wait_for(lambda: woken, PATIENCE)


def _woken(bell, threads):
    """How many of so many waiting threads a ring ends the waiting of, and the threads, still running."""
    woken, ended = [], threading.Condition()

    def wait():
        bell.wait(PATIENCE)
        with ended:
            woken.append(1)
            ended.notify()

    started = [threading.Thread(target=wait, daemon=True) for _ in range(threads)]
    for thread in started:
        thread.start()
    return woken, ended


def test_a_bell_ends_the_waiting_of_as_many_as_it_rings_for():
    bell = working.Bell()
    woken, ended = _woken(bell, 4)
    for ringing, so_far in ((1, 1), (2, 3), (1, 4)):
        bell.ring(ringing)
        with ended:
            assert ended.wait_for(lambda so_far=so_far: len(woken) == so_far, PATIENCE)


def test_a_ring_that_nobody_hears_is_kept_for_whoever_comes_next():
    bell = working.Bell()
    bell.ring(2)
    bell.wait(PATIENCE)
    bell.wait(PATIENCE)
    assert bell._many == 0


def test_a_thread_that_never_ends_does_not_keep_a_worker_that_was_asked_to(settings, caplog):
    settings.DELIVERY_DEADLINE_SECONDS = 0.1
    asked, for_ever = threading.Event(), threading.Event()
    asked.set()
    worker = working.Working(None, None, asked)
    worker._threads = [threading.Thread(target=for_ever.wait, daemon=True, name="_send email") for _ in range(3)]
    began = time.monotonic()
    worker.run()
    assert time.monotonic() - began < 1.0
    assert "_send email" in caplog.text
    for_ever.set()


@pytest.fixture
def watching(monkeypatch):
    """The main thread over so many seconds of a clock that only its waiting moves on; when it asked what waits, and how often it waited."""

    def watch(seconds, *, told_at=None, moved_at=None, due_at=None, away_at=None):
        now, stop, asked, waits = [0.0], threading.Event(), [], []

        class Owner:
            def wait(self, most):
                before = now[0]
                now[0] += max(most, 0.001)
                waits.append(most)
                if now[0] >= seconds:
                    stop.set()
                if moved_at and before < moved_at <= now[0]:
                    worker._moved.set()
                return bool(told_at and before < told_at <= now[0])

        def what_waits():
            asked.append(now[0])
            if away_at and now[0] >= away_at and len([at for at in asked if at >= away_at]) == 1:
                raise OperationalError("away")
            return [(("slack", "pending"), 0, due_at - now[0])] if due_at and now[0] < due_at else []

        worker = working.Working(None, Owner(), stop)
        monkeypatch.setattr(working, "time", SimpleNamespace(monotonic=lambda: now[0]))
        monkeypatch.setattr(working, "what_waits", what_waits)
        monkeypatch.setattr(working, "DATABASE_AWAY_SECONDS", 0.0)
        for module, name in ((working, "sweep"), (working.notices, "tell_team_leads"), (working.overdue, "find_overdue"), (working.ownership, "forget_the_gone"), (working.wizard, "expire_old")):  # fmt: skip
            monkeypatch.setattr(module, name, lambda *args, **more: 0)
        worker._watch()
        assert max(waits) <= working.HEARTBEAT_SECONDS, "a lost lock, or the wish to stop, is noticed as soon as ever"
        return asked

    return watch


def test_whoever_is_told_of_new_work_does_not_ask_every_second(watching):
    assert len(watching(60.0)) <= 60.0 / working.LONGEST_SLEEP_SECONDS + 1


@pytest.mark.parametrize(
    ("when", "at", "latest"),
    [
        ({"told_at": 3.4}, 3.4, 4.4),
        ({"due_at": 3.4}, 3.4, 3.5),
        ({"moved_at": 3.4}, 3.4, 4.4),  # by a thread of its own: nobody else tells it when that is due again
        ({"told_at": 3.4, "away_at": 3.4}, 3.4, 4.5),
    ],
)
def test_it_asks_when_there_may_be_something(watching, when, at, latest):
    asked = [moment for moment in watching(10.0, **when) if moment]
    assert at <= asked[0] <= latest
    if "away_at" in when:
        assert len(asked) == 2 and asked[1] <= latest + 0.01, "what it was told is not forgotten with the question"

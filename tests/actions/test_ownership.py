"""A worker owns what it sends for as long as its process lives: no lease, no clock. Real processes, on either database."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from escalations.actions import delivery, moves, ownership, sweep, working
from escalations.gateways.base import DeliveryError, Fenced
from escalations.gateways.wiring import gateways
from escalations.models import Delivery, Worker
from escalations.models.clock import database_now
from tests.actions.factories import make_delivery
from tests.conftest import ROOT

pytestmark = pytest.mark.usefixtures("mapping")
WORKER = """
    import django, sys
    django.setup()
    from escalations.actions import delivery, ownership
    owner = ownership.take("other")
    delivery.claim(int(sys.argv[1]), int(sys.argv[2]), owner=owner)
    print("claimed", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other_worker(own_database):
    """A second process that claims a delivery and then does nothing."""
    started = []

    def start(row) -> subprocess.Popen:
        env = {**os.environ, "DATABASE_URL": own_database.url, "DJANGO_SETTINGS_MODULE": "portal.settings"}
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WORKER), str(row.pk), str(row.escalation_id)],
            cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        assert process.stdout.readline() == "claimed\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(10)
        process.stdout.close()
        process.stdin.close()


def test_what_a_living_worker_has_in_hand_is_left_alone_even_when_it_is_stopped(own_database, people, other_worker):
    row = make_delivery(people["engineer"])
    process = other_worker(row)
    process.send_signal(signal.SIGSTOP)
    with ownership.owned("mine") as owner:
        assert sweep.sweep(owner) == 0
    assert Delivery.objects.get().state == "sending"


def test_what_a_killed_worker_had_in_hand_becomes_uncertain_at_once(own_database, people, other_worker):
    row = make_delivery(people["engineer"])
    process = other_worker(row)
    process.kill()
    process.wait(10)
    with ownership.owned("mine") as owner:
        assert _swept(owner) == 1
        assert sweep.sweep(owner) == 0
    row.refresh_from_db()
    assert (row.state, row.claimed_by, row.tries.get().outcome) == ("uncertain", "", "interrupted")
    assert Worker.objects.get(name="other").stopped_at


def _swept(owner) -> int:
    """The server notices the end of a connection a moment after the process ended."""
    for _ in range(100):
        if swept := sweep.sweep(owner):
            return swept
        owner.wait(0.05)
    return 0


def test_what_a_living_worker_has_let_fall_becomes_uncertain_at_its_next_sweep(people, sandbox, monkeypatch):
    """The database was busy for a moment, just when the answer was to be written down."""
    row = make_delivery(people["engineer"])
    with ownership.owned("w1") as owner:
        with monkeypatch.context() as busy:
            busy.setattr(delivery, "settle", _raises(OperationalError("database is locked")))
            working.deliver_due(gateways(), owner=owner)
        row.refresh_from_db()
        assert (row.state, row.claimed_by) == ("sending", "w1")
        assert sweep.sweep(owner) == 1
    row.refresh_from_db()
    assert (row.state, row.tries.get().outcome) == ("uncertain", "interrupted")


def test_what_one_of_its_threads_works_on_is_not_swept(people):
    row = make_delivery(people["engineer"])
    with ownership.owned("w1") as owner, owner.holding(row.pk):
        delivery.claim(row.pk, row.escalation_id, owner=owner)
        assert sweep.sweep(owner) == 0


def test_what_cannot_be_swept_holds_up_neither_the_worker_nor_the_others(people, monkeypatch):
    rows = [make_delivery(people["engineer"]) for _ in range(2)]
    with ownership.owned("w1") as owner:
        for row in rows:
            delivery.claim(row.pk, row.escalation_id, owner=owner)
        settle, first = moves.settle, [True]

        def fails_once(*args, **values):
            if first and first.pop():
                raise ValueError("a mistake of the portal")
            return settle(*args, **values)

        monkeypatch.setattr(sweep, "settle", fails_once)
        assert sweep.sweep(owner) == 1
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["sending", "uncertain"]


def test_the_fence_refuses_what_somebody_took_over(people):
    row = make_delivery(people["engineer"])
    with ownership.owned("w1") as owner:
        claimed = delivery.claim(row.pk, row.escalation_id, owner=owner)
        owner.fence(claimed)()
        moves.settle(claimed, "uncertain", "Swept.", by="sweeper", attempt="interrupted")
        with pytest.raises(Fenced):
            owner.fence(claimed)()


def test_the_fence_refuses_a_worker_without_its_lock(people, sandbox):
    """As after the database was stopped at once: the lock is gone, and the worker does not know it yet."""
    row = make_delivery(people["engineer"])
    with ownership.owned("w1") as owner:
        claimed = delivery.claim(row.pk, row.escalation_id, owner=owner)
        owner.release()
        with pytest.raises(Fenced):
            owner.fence(claimed)()
        delivery.send(claimed, gateways(), owner=owner)
    row.refresh_from_db()
    assert (row.state, sandbox.effects("message")) == ("sending", [])


def test_a_lost_lock_ends_the_worker(own_database, people):
    if connection.vendor != "postgresql":
        pytest.skip("a file's lock is lost with its process only")
    with ownership.owned("w1") as owner:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [owner.backend])
        with pytest.raises(ownership.LockLost):
            owner.wait(5)
        assert not owner.holds_lock()
    assert ownership.gone(["w1"]) == ["w1"]


class Pooled:
    """Stands for a pooler in transaction mode: each statement goes to the next of its sessions."""

    def __init__(self, sessions):
        self.sessions, self.settings_dict = sessions, sessions[0].settings_dict

    def cursor(self):
        self.sessions.append(self.sessions.pop(0))
        return self.sessions[-1].cursor()

    def close(self):
        for session in self.sessions:
            session.close()


@pytest.mark.parametrize("sessions", [1, 2, 3])
def test_behind_a_pooler_a_worker_does_not_begin(own_database, people, monkeypatch, sessions):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no pooler")
    connections = ownership.connections
    made = [connections.create_connection("default") for _ in range(sessions)]
    # With one session only the thread's own connection gets the lock's: so it does here.
    pool = Pooled(made if sessions > 1 else [connection])
    monkeypatch.setattr(connections, "create_connection", lambda alias: pool)
    with pytest.raises(ownership.NotASession, match="directly, not through a pooler"):
        ownership.take("w1")
    monkeypatch.undo()
    with ownership.owned("w2") as owner:
        assert owner.holds_lock()


def test_a_worker_is_woken_by_what_another_connection_submits(own_database, people):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is asked, a few times a second")
    with ownership.owned("w1") as owner:
        assert owner.wait(0.01) is False
        ownership.wake()
        assert owner.wait(5) is True


def test_a_name_that_never_was_a_worker_is_gone():
    assert ownership.gone(["nobody"]) == ["nobody"]


def test_a_fenced_delivery_is_left_to_whoever_took_it(people, monkeypatch):
    row = make_delivery(people["engineer"])
    with ownership.owned("w1") as owner:
        claimed = delivery.claim(row.pk, row.escalation_id, owner=owner)
        fenced = DeliveryError("Not ours.", outcome="fenced", code="fenced")
        monkeypatch.setitem(delivery.SENDERS, "slack", _raises(fenced))
        delivery.send(claimed, gateways(), owner=owner)
    row.refresh_from_db()
    assert (row.state, row.tries.get().ended_at) == ("sending", None)


def _raises(error):
    def call(*args, **values):
        raise error

    return call


def test_what_another_thread_of_the_same_worker_is_sending_is_neither_taken_nor_swept(own_database, people, monkeypatch):
    """Threads ask at the same moment and see the same oldest row: the one that comes second must not let go of it."""
    row = make_delivery(people["engineer"])
    sending, swept = threading.Event(), threading.Event()

    def slow(*args):
        sending.set()
        assert swept.wait(20)
        raise DeliveryError("Too late.", outcome="ambiguous", code="late")

    monkeypatch.setitem(delivery.SENDERS, "slack", slow)
    with ownership.owned("w1") as owner:
        first = threading.Thread(target=_and_close, args=(lambda: delivery.send_next("slack", None, owner=owner),))
        first.start()
        assert sending.wait(20)
        with owner.holding(row.pk) as mine:
            assert not mine
        assert delivery.send_next("slack", None, owner=owner) is False
        assert sweep.sweep(owner) == 0
        swept.set()
        first.join(20)
    row.refresh_from_db()
    assert (row.state, row.last_words) == ("uncertain", "Too late.")


def _and_close(call):
    try:
        call()
    finally:
        connection.close()


def test_a_move_holds_only_for_the_attempt_it_speaks_of(people):
    """The sweeper reads, the worker settles and another one tries again: what was read is old."""
    row = make_delivery(people["engineer"])
    with ownership.owned("w1") as owner:
        first = delivery.claim(row.pk, row.escalation_id, owner=owner)
        stale = Delivery.objects.select_related("escalation").get(pk=row.pk)
        moves.settle(first, "pending", "Not now.", by="w1", attempt="not_sent", due_at=row.due_at)
        delivery.claim(row.pk, row.escalation_id, owner=owner)
        assert moves.settle(stale, "uncertain", "Swept.", by="sweeper", attempt="interrupted") is False
    assert list(row.tries.values_list("n", "outcome")) == [(1, "not_sent"), (2, "")]
    assert Delivery.objects.get().state == "sending"


def test_a_worker_process_sends_and_ends_when_asked(own_database, people, sandbox):
    """The whole process: its threads, its bell, SIGTERM."""
    rows = [make_delivery(people["engineer"], target=target) for target in ("C0ACCTMGMT1", "C0SALES0001")]
    env = {
        **os.environ, "DATABASE_URL": own_database.url, "DJANGO_SETTINGS_MODULE": "portal.settings",
        "SANDBOX_URL": sandbox.base,
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, env=env, stderr=subprocess.PIPE)
    try:
        for _ in range(600):
            if Delivery.objects.filter(state="delivered").count() == len(rows):
                break
            threading.Event().wait(0.05)
        assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.stderr.close()
    assert len(sandbox.effects("message")) == len(rows)


@pytest.fixture
def long_ago(own_database, people):
    """A worker that was there two days ago; its row stays for people to read."""

    def make(name, **values):
        old = database_now() - timedelta(days=2)
        return Worker.objects.create(name=name, **{"started_at": old, "seen_at": old, **values})

    return make


def test_workers_of_long_ago_are_forgotten_and_their_attempts_go_on_naming_them(long_ago, people):
    row = make_delivery(people["engineer"])
    row.tries.create(n=1, worker="old", started_at=database_now(), ended_at=database_now(), outcome="not_sent")
    long_ago("old")
    long_ago("older", stopped_at=database_now())
    long_ago("of today", seen_at=database_now() - timedelta(hours=23))
    assert ownership.forget_the_gone() == 2
    assert list(Worker.objects.values_list("name", flat=True)) == ["of today"]
    assert row.tries.get().worker == "old"


def test_a_worker_that_holds_its_lock_is_not_forgotten_however_long_it_was_frozen(long_ago, people):
    with ownership.owned("frozen") as owner:
        Worker.objects.filter(pk=owner.worker.pk).update(seen_at=database_now() - timedelta(days=9))
        assert ownership.forget_the_gone() == 0
    assert ownership.forget_the_gone() == 1


def test_a_worker_that_has_something_in_hand_is_not_forgotten(long_ago, people):
    long_ago("killed")
    make_delivery(people["engineer"], state="sending", claimed_by="killed")
    assert ownership.forget_the_gone() == 0
    with ownership.owned("mine") as owner:
        sweep.sweep(owner)
    assert ownership.forget_the_gone() == 1


def test_the_lock_file_of_a_killed_worker_goes_with_its_row(long_ago, people):
    if connection.vendor == "postgresql":
        pytest.skip("an advisory lock leaves nothing behind")
    path = ownership._lock_path(long_ago("killed").pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    ownership.forget_the_gone()
    assert not path.exists()

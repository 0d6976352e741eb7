"""The outbox against the real sandbox process: what each fault leads to, and never two effects."""

import time
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.db.models import F
from django.utils import timezone

from escalations.actions import delivery, moves, ownership, reconcile, working
from escalations.actions import effects as outgoing
from escalations.gateways.base import DeliveryError
from escalations.gateways.wiring import gateways
from escalations.models import Attempt, AuditEvent, Delivery, Escalation, Lane
from escalations.models.clock import database_now
from tests.actions.factories import make_delivery, make_escalation
from tests.actions.threads import at_once

pytestmark = pytest.mark.usefixtures("mapping", "sandbox")
WRITES = {"slack": "chat.postMessage", "zendesk": "PUT /api/v2/tickets"}


@pytest.fixture
def short_deadline(settings):
    """Only for what hangs: on a busy machine an answer that comes can take longer than this."""
    settings.DELIVERY_DEADLINE_SECONDS = 2.0


@pytest.fixture(autouse=True)
def one_lane_trouble_pauses_nobody(settings):
    """The breaker has tests of its own (test_lanes.py)."""
    settings.LANE_LONGEST_PAUSE_SECONDS = 0.0


def run(owner=None):
    return working.deliver_due(gateways(), owner=owner)


def try_once():
    """One attempt of each lane: `run` goes on with what is due again by the time it asks, on a busy machine the same delivery."""
    with ownership.owned("once") as owner:
        for lane in working.lanes():
            working.send_next(lane, gateways(), owner=owner)


def pass_time(row, minutes=2.0):
    """As if everything about the delivery had happened so many minutes earlier."""
    by = timedelta(minutes=minutes)
    row.refresh_from_db()
    Delivery.objects.filter(pk=row.pk).update(
        due_at=row.due_at - by,
        looked_empty_at=row.looked_empty_at and row.looked_empty_at - by,
        give_up_at=row.give_up_at and row.give_up_at - by,
    )
    Lane.objects.update(paused_until=F("paused_until") - by, probe_until=F("probe_until") - by)
    for attempt in row.tries.all():
        Attempt.objects.filter(pk=attempt.pk).update(started_at=attempt.started_at - by)


def after_a_while(row, rounds=4):
    for _ in range(rounds):
        pass_time(row)
        run()
    row.refresh_from_db()
    return row


def effects(sandbox, row):
    """Every message or note in the ledger that carries this delivery's key."""
    kinds = ("message", "note", "public_comment")
    return [entry for entry in sandbox.ledger() if entry["kind"] in kinds and str(row.key) in str(entry)]


def test_a_look_in_vain_comes_again_within_twelve_of_the_shortest_pauses(people, sandbox, settings):
    settings.DELIVERY_LOOK_AGAIN_SECONDS = 1.0
    row = make_delivery(people["engineer"])
    sandbox.fault("slack", "reset_after", match="chat.postMessage", times=1)
    sandbox.fault("slack", "503", match="conversations.history")
    run()
    pass_time(row, 5)
    reconcile.look(Delivery.objects.select_related("escalation").get(pk=row.pk), gateways())
    row.refresh_from_db()
    assert row.due_at - database_now() <= timedelta(seconds=12)


@pytest.mark.parametrize("system", ["slack", "zendesk"])
def test_what_is_due_is_delivered_once_with_its_receipt(people, sandbox, system):
    row = make_delivery(people["engineer"], system)
    assert run() == 1
    row.refresh_from_db()
    assert (row.state, row.attempts, row.claimed_by) == ("delivered", 1, "")
    assert row.remote_id and row.receipt_url.startswith("https://") and row.settled_at
    assert Escalation.objects.get(pk=row.escalation_id).state == "completed"
    assert AuditEvent.objects.get(action="delivery.delivered").payload["attempt"] == 1
    assert len(effects(sandbox, row)) == 1
    assert run() == 0


def test_nothing_is_sent_before_it_is_due(people, sandbox):
    make_delivery(people["engineer"], due_at=timezone.now() + timedelta(minutes=1))
    assert run() == 0
    assert sandbox.ledger() == []


def test_the_attempt_is_stored_before_a_byte_leaves(people):
    row = make_delivery(people["engineer"])
    with ownership.owned("w1") as first, ownership.owned("w2") as second:
        claimed = delivery.claim(row.pk, row.escalation_id, owner=first)
        assert (claimed.state, claimed.claimed_by, claimed.attempts) == ("sending", "w1", 1)
        attempt = Attempt.objects.get(delivery=row)
        assert (attempt.n, attempt.worker, attempt.ended_at) == (1, "w1", None)
        assert delivery.claim(row.pk, row.escalation_id, owner=second) is None


# What a fault on the write itself leads to at once, and in the end, once it has passed.
AT_ONCE = [
    # kind, more, state after the first attempt, state in the end
    ("429", {"retry_after": 30}, "pending", "delivered"),
    ("refuse_credentials", {}, "pending", "delivered"),
    ("reset", {}, "uncertain", "delivered"),
    ("hang", {"seconds": 5}, "uncertain", "delivered"),
    ("500", {}, "uncertain", "delivered"),
    ("503", {}, "uncertain", "delivered"),
    ("html", {}, "uncertain", "delivered"),
    ("reset_after", {}, "uncertain", "delivered"),
    ("hang_after", {"seconds": 5}, "uncertain", "delivered"),
    ("500_after", {}, "uncertain", "delivered"),
    ("html_after", {}, "uncertain", "delivered"),
    ("truncated", {}, "uncertain", "delivered"),
    ("malformed", {}, "uncertain", "delivered"),
    ("drip", {}, "uncertain", "delivered"),
]
OF_ONE_SYSTEM = [
    ("slack", "error", {"error": "channel_not_found"}, "dead", "dead"),
    ("slack", "error", {"error": "is_archived"}, "dead", "dead"),
    ("slack", "error", {"error": "msg_too_long"}, "dead", "dead"),
    ("slack", "error", {"error": "invalid_auth"}, "pending", "delivered"),
    ("slack", "error", {"error": "never_heard_of_it"}, "uncertain", "delivered"),
    ("slack", "error_after", {"error": "never_heard_of_it"}, "uncertain", "delivered"),
    ("zendesk", "400", {}, "dead", "dead"),
    ("zendesk", "404", {}, "dead", "dead"),
    ("zendesk", "422", {}, "dead", "dead"),
    ("zendesk", "409", {}, "pending", "delivered"),
]
HANGING = ("hang", "hang_after", "drip")
FAULTS = [(system, *row) for row in AT_ONCE for system in ("slack", "zendesk")] + OF_ONE_SYSTEM


@pytest.mark.parametrize(
    ("system", "kind", "more", "first", "last"),
    FAULTS,
    ids=[f"{r[0]}-{r[1]}-{r[2].get('error', '')}".strip("-") for r in FAULTS],
)
def test_a_fault_leads_to_its_state_and_never_to_two_effects(request, people, sandbox, system, kind, more, first, last):
    if kind in HANGING:
        request.getfixturevalue("short_deadline")
    row = make_delivery(people["engineer"], system)
    # Credentials are refused twice: Zendesk's client signs in again and repeats, which is no second effect.
    sandbox.fault(system, kind, match=WRITES[system], times=2 if kind == "refuse_credentials" else 1, **more)
    try_once()
    row.refresh_from_db()
    assert row.state == first, row.last_words
    assert row.last_words
    assert after_a_while(row).state == last, row.last_words
    assert len(effects(sandbox, row)) == (1 if last == "delivered" else 0)


def test_too_many_requests_waits_as_long_as_asked(people, sandbox):
    row = make_delivery(people["engineer"])
    sandbox.fault("slack", "429", match="chat.postMessage", retry_after=120)
    before = timezone.now()
    run()
    row.refresh_from_db()
    assert row.due_at >= before + timedelta(seconds=120)
    assert run() == 0  # it really waits


def test_a_message_whose_answer_got_lost_is_found_and_not_repeated(people, sandbox):
    row = make_delivery(people["engineer"])
    sandbox.fault("slack", "reset_after", match="chat.postMessage", times=1)
    run()
    pass_time(row, 0.2)
    run()
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("delivered", 1)
    assert [attempt.outcome for attempt in row.tries.all()] == ["ambiguous"]


@pytest.mark.parametrize("ahead", [-540, -120, 540])
def test_a_message_is_found_although_slacks_clock_is_not_the_databases(people, sandbox, ahead):
    sandbox.control("clock", slack=ahead)
    row = make_delivery(people["engineer"])
    sandbox.fault("slack", "reset_after", match="chat.postMessage", times=1)
    run()
    assert after_a_while(row).state == "delivered"
    assert [attempt.outcome for attempt in row.tries.all()] == ["ambiguous"]
    assert len(effects(sandbox, row)) == 1


def test_a_message_that_is_not_there_is_sent_again_only_after_two_empty_looks(people, sandbox):
    row = make_delivery(people["engineer"])
    sandbox.fault("slack", "reset", match="chat.postMessage", times=1)
    run()
    states = []
    for minutes in (0.5, 2.0, 0.02, 0.2):  # within the grace time; first look; too early for the second; second look
        pass_time(row, minutes)
        reconcile.look(Delivery.objects.select_related("escalation").get(pk=row.pk), gateways())
        row.refresh_from_db()
        states.append((row.state, row.looked_empty_at is not None))
    assert states == [("uncertain", False), ("uncertain", True), ("uncertain", True), ("pending", True)]
    assert not row.in_doubt


def test_a_cc_that_the_customer_sees_is_never_repeated_by_itself(people, sandbox):
    row = make_delivery(people["engineer"], "zendesk", visibility="customer")
    sandbox.fault("zendesk", "reset", match="PUT /api/v2/tickets", times=1)
    run()
    assert after_a_while(row).state == "needs_a_person"
    assert effects(sandbox, row) == []


def test_after_half_an_hour_of_looking_in_vain_a_person_is_asked(people, sandbox, short_deadline):
    row = make_delivery(people["engineer"])
    sandbox.fault("slack", "hang_after", match="chat.postMessage", times=1, seconds=5)
    sandbox.fault("slack", "503", match="conversations.history")
    run()
    assert after_a_while(row).state == "uncertain"
    pass_time(row, 30)
    run()
    row.refresh_from_db()
    assert (row.state, Escalation.objects.get().state) == ("needs_a_person", "attention")


@pytest.mark.parametrize("system", ["slack", "zendesk"])
def test_refused_credentials_consume_no_attempt(people, sandbox, settings, system):
    """The lane's fault, not the delivery's: however long it lasts, the delivery is sent once it is over."""
    row = make_delivery(people["engineer"], system)
    sandbox.fault(system, "refuse_credentials")
    for _ in range(settings.DELIVERY_MAX_ATTEMPTS + 2):
        assert run() >= 1
        row.refresh_from_db()
        assert (row.state, row.attempts) == ("pending", 0)
        pass_time(row, 60)
    sandbox.session.delete(f"{sandbox.base}/control/faults", timeout=5)
    run()
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("delivered", 1)
    assert row.tries.count() > settings.DELIVERY_MAX_ATTEMPTS + 2  # each is on record all the same


@pytest.mark.parametrize(
    ("kind", "more", "waits"),
    [("429", {"retry_after": 90}, 90), ("503", {}, 0), ("refuse_credentials", {}, 0)],
    ids=["limited", "down", "refused"],
)
def test_a_group_that_cannot_be_opened_for_the_look_before_sending_again_costs_no_attempt(people, sandbox, kind, more, waits):
    """Opening it is a part of the look: what Slack says then is about Slack, and not about this message."""
    row = make_delivery(people["engineer"], target="group:U0DANAREYES,U0ANALIMA")
    sandbox.fault("slack", "reset", match="chat.postMessage", times=1)
    run()
    row.refresh_from_db()
    moves.settle(row, "pending", "Not there.", by="reconciler", due_at=timezone.now())
    sandbox.fault("slack", kind, match="conversations.open", times=1, **more)
    before = timezone.now()
    with ownership.owned("one") as owner:
        assert delivery.send_next("slack", gateways(), owner=owner)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.tried) == ("pending", 1, 2), row.last_words
    assert row.due_at >= before + timedelta(seconds=waits)
    assert not row.last_words.endswith("..")
    assert after_a_while(row).state == "delivered"
    assert len(effects(sandbox, row)) == 1


def test_a_busy_ticket_costs_its_note_no_attempt(people, sandbox, settings, monkeypatch):
    row = make_delivery(people["engineer"], "zendesk")
    Delivery.objects.filter(pk=row.pk).update(attempts=settings.DELIVERY_MAX_ATTEMPTS - 1)  # its last one
    changed = DeliveryError("Changed this second.", outcome="not_sent", code="just_changed", retry_after=1.5)
    with monkeypatch.context() as busy:
        busy.setitem(outgoing.SENDERS, "zendesk", Mock(side_effect=changed))
        for _ in range(settings.DELIVERY_MAX_ATTEMPTS + 2):
            before = database_now()
            assert run() == 1
            after = database_now()
            row.refresh_from_db()
            assert (row.state, row.attempts) == ("pending", settings.DELIVERY_MAX_ATTEMPTS - 1)
            assert before <= row.due_at - timedelta(seconds=1.5) <= after  # exactly: no jitter, no doubling
            pass_time(row, 1)
    run()
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("delivered", settings.DELIVERY_MAX_ATTEMPTS)


def test_a_ticket_that_was_changed_this_second_gets_its_note_two_seconds_later(people, sandbox):
    """The same against the sandbox: another person's note has just been written."""
    first, second = (make_delivery(people["engineer"], "zendesk") for _ in range(2))
    run()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.attempts) == ("delivered", "pending", 0)
    assert timezone.now() < second.due_at <= timezone.now() + timedelta(seconds=2)
    time.sleep(2.1)
    run()
    second.refresh_from_db()
    assert (second.state, second.attempts) == ("delivered", 1)


def test_a_service_that_is_down_for_a_day_ends_with_a_person(people, sandbox, settings):
    """However often it asks to wait, that costs no attempt; but after a day nobody waits any more."""
    settings.DELIVERY_MAX_ATTEMPTS = 3
    row = make_delivery(people["engineer"], give_up_at=timezone.now() + timedelta(hours=24))
    sandbox.fault("slack", "429", match="chat.postMessage", retry_after=1)
    assert after_a_while(row, 5).state == "pending"
    assert (row.attempts, row.tries.count()) == (0, 5)
    pass_time(row, 24 * 60)
    run()
    row.refresh_from_db()
    assert (row.state, row.tries.count()) == ("dead", 6)


def test_what_nobody_could_send_for_a_day_is_not_sent_but_said(people, sandbox):
    """Its lane was paused, or no worker ran: the message is about a day that is over."""
    now = timezone.now()
    row = make_delivery(people["engineer"], due_at=now - timedelta(hours=30), give_up_at=now - timedelta(hours=6))
    run()
    row.refresh_from_db()
    assert (row.state, row.trouble) == ("dead", "too_old")
    assert row.last_words == "Too old, not sent within 24 hours: nothing was sent."
    assert effects(sandbox, row) == []
    assert [attempt.outcome for attempt in row.tries.all()] == ["not_sent"]
    assert Escalation.objects.get(pk=row.escalation_id).state == "attention"
    assert Delivery.objects.filter(purpose="notice", origin=row).exists()


def test_what_is_too_old_is_not_claimed_to_be_sent_though_nobody_has_swept_yet(people, sandbox):
    now = timezone.now()
    row = make_delivery(people["engineer"], due_at=now - timedelta(hours=30), give_up_at=now - timedelta(seconds=1))
    with ownership.owned("w1") as owner:
        assert not delivery.send_next("slack", gateways(), owner=owner)
        assert delivery.claim(row.pk, row.escalation_id, owner=owner) is None
    row.refresh_from_db()
    assert (row.state, row.tried) == ("pending", 0)


def test_a_paused_lane_does_not_keep_what_is_too_old(people, sandbox):
    now = timezone.now()
    Lane.objects.create(key="slack", failures=5, paused_until=now + timedelta(hours=1), since=now)
    row = make_delivery(people["engineer"], due_at=now - timedelta(hours=30), give_up_at=now - timedelta(hours=6))
    run()
    row.refresh_from_db()
    assert row.state == "dead"
    lane = Lane.objects.get(key="slack")
    assert (lane.failures, lane.paused_until) == (5, now + timedelta(hours=1)), "nothing was asked of it"


def test_what_never_arrives_ends_with_a_person_after_the_last_attempt(people, sandbox, settings):
    settings.DELIVERY_MAX_ATTEMPTS = 2
    row = make_delivery(people["engineer"])
    sandbox.fault("slack", "500", match="chat.postMessage")
    assert after_a_while(row, 8).state == "needs_a_person"
    assert row.last_words == "It did not arrive in 2 attempts."


def test_a_dead_slack_does_not_hold_up_zendesk(people, sandbox, short_deadline):
    escalation = make_escalation(people["engineer"])
    slack = make_delivery(people["engineer"], escalation=escalation)
    zendesk = make_delivery(people["engineer"], "zendesk", escalation=escalation)
    sandbox.fault("slack", "hang", seconds=5)
    run()
    slack.refresh_from_db()
    zendesk.refresh_from_db()
    assert (slack.state, zendesk.state) == ("uncertain", "delivered")
    escalation.refresh_from_db()
    assert escalation.state == "in_progress"


def test_a_group_message_goes_to_one_conversation(people, sandbox):
    row = make_delivery(people["engineer"], target="group:U0DANAREYES,U0ANALIMA")
    run()
    row.refresh_from_db()
    assert row.state == "delivered", row.last_words


def test_a_closed_ticket_is_dead_at_once(people, sandbox):
    row = make_delivery(people["engineer"], "zendesk", target="main:1019")
    run()
    row.refresh_from_db()
    assert (row.state, row.last_words) == ("dead", "The ticket is closed: nothing can be added to it.")


def test_a_worker_that_comes_back_late_does_not_overwrite_what_was_settled_meanwhile(people, sandbox):
    row = make_delivery(people["engineer"])
    with ownership.owned("slow") as slow:
        held = delivery.claim(row.pk, row.escalation_id, owner=slow)
        swept = Delivery.objects.select_related("escalation").get(pk=row.pk)
        assert moves.settle(swept, "uncertain", "Swept.", by="sweeper", attempt="interrupted")
        delivery.send(held, gateways(), owner=slow)
    row.refresh_from_db()
    assert row.state == "uncertain"
    assert effects(sandbox, row) == []
    assert after_a_while(row).state == "delivered"
    assert len(effects(sandbox, row)) == 1


def test_a_failing_audit_leaves_the_deliveries_where_they_were_and_stops_nothing(people, sandbox, settings):
    rows = [make_delivery(people["engineer"], system) for system in ("slack", "zendesk")]
    settings.AUDIT_KEY = None
    assert run() == 2
    for row in rows:
        row.refresh_from_db()
        assert (row.state, row.remote_id) == ("sending", None)  # the sweeper looks; it is never sent blindly
        assert len(effects(sandbox, row)) == 1


@pytest.mark.parametrize("fault", [None, "reset_after"], ids=["sending", "looking"])
def test_a_receipt_that_belongs_to_another_delivery_is_for_a_person(people, sandbox, fault):
    """As after the sandbox was reset: its ids begin anew, and the portal has seen them."""
    first = make_delivery(people["engineer"], "zendesk")
    run()
    first.refresh_from_db()
    sandbox.control("reset")
    again, other = make_delivery(people["engineer"], "zendesk"), make_delivery(people["engineer"])
    if fault:
        sandbox.fault("zendesk", fault, match=WRITES["zendesk"], times=1)
    run()
    if fault:
        pass_time(again)
        run()
    again.refresh_from_db()
    other.refresh_from_db()
    assert (again.state, again.remote_id, other.state) == ("needs_a_person", None, "delivered")
    assert first.remote_id in again.last_words
    assert again.tries.get().ended_at
    assert Escalation.objects.get(pk=again.escalation_id).state == "attention"
    told = AuditEvent.objects.filter(object=again.escalation.reference)
    assert [event.action for event in told if "purpose" not in event.payload] == [
        "delivery.uncertain",
        "delivery.needs_a_person",
    ]


def test_what_cannot_be_written_down_is_looked_at_again_later_and_holds_up_nobody(people, sandbox, monkeypatch):
    broken, good = make_delivery(people["engineer"], state="uncertain"), make_delivery(people["engineer"], "zendesk")
    settle, looks = moves.settle, []

    def fails_for_one(row, *args, **values):
        if row.pk == broken.pk:
            looks.append(row.state)
            raise ValueError("a mistake of the portal")
        return settle(row, *args, **values)

    Attempt.objects.create(delivery=broken, n=1, worker="w0", started_at=timezone.now() - timedelta(hours=1))
    monkeypatch.setitem(outgoing.LOOKERS, "slack", lambda *args: delivery.Receipt("C1:1.1", "https://example.com/"))
    monkeypatch.setattr(delivery, "settle", fails_for_one)
    assert run() == 2
    assert run() == 0
    broken.refresh_from_db()
    good.refresh_from_db()
    assert (looks, broken.state, good.state) == (["uncertain"], "uncertain", "delivered")
    assert broken.due_at > timezone.now()


def test_eight_workers_never_take_the_same_delivery(own_database, people):
    escalation = make_escalation(people["engineer"])
    for number in range(4):
        make_delivery(people["engineer"], escalation=escalation, target=f"C{number}")
    rows = list(Delivery.objects.values_list("pk", "escalation_id"))
    names = iter([f"w{number}" for number in range(8)])

    def claim_one():
        with ownership.owned(next(names)) as owner:
            for pk, escalation_id in rows:
                if claimed := delivery.claim(pk, escalation_id, owner=owner):
                    return claimed
        return None

    claimed = at_once(claim_one, 8)
    assert not [one for one in claimed if isinstance(one, Exception)]
    taken = [one.pk for one in claimed if one]
    assert len(taken) == len(set(taken)) == 4


def test_a_mistake_of_the_portal_stops_one_delivery_and_not_the_queue(people, sandbox):
    broken, good = make_delivery(people["engineer"], content={}), make_delivery(people["engineer"], "zendesk")
    run()
    broken.refresh_from_db()
    good.refresh_from_db()
    assert (broken.state, good.state) == ("uncertain", "delivered")
    assert "mistake" in broken.last_words

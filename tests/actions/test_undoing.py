"""Undo gives the draft back, Withdraw takes back what has arrived, each with one effect more in each place."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escalations.actions import delivery, lifecycle, moves, ownership, undoing, working
from escalations.gateways.wiring import gateways
from escalations.models import AuditEvent, Delivery, Draft, Escalation
from escalations.models.delivery import WITHDRAWAL
from escalations.models.trouble import waiting
from tests.actions.factories import EMERGENCY, make_delivery, make_draft, make_escalation, review
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("mapping", "sandbox")
BECAUSE = "Wrong account"


@pytest.fixture
def sent(people, settings):
    """An escalation a moment after Send, within its hold."""
    settings.SEND_HOLD_SECONDS = 8.0
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    return lifecycle.submit(draft, digest=review(draft), by=people["engineer"], now=NOON)


def deliver():
    return working.deliver_due(gateways())


def test_nothing_is_sent_during_the_hold(sent, sandbox):
    assert sent.hold_until > timezone.now() + timedelta(seconds=5)
    assert deliver() == 0
    assert not sandbox.effects("message")


def test_undo_cancels_everything_and_gives_the_draft_back_as_it_was(sent, people):
    again = undoing.undo(sent, by=people["engineer"]).draft
    sent.refresh_from_db()
    assert sent.state == "cancelled"
    assert set(sent.deliveries.values_list("state", flat=True)) == {"cancelled"}
    assert again.pk != sent.draft_id
    assert again.is_live
    kept = ("ticket_id", "instance", "scenario_key", "answers", "edits")
    assert [getattr(again, name) for name in kept] == [getattr(sent.draft, name) for name in kept]
    assert again.snapshots.count() == sent.draft.snapshots.count() > 0
    assert deliver() == 0


MINE = {"answers": {"also for": "training"}, "edits": {f"{EMERGENCY}.situation": "Mine"}}
CASES = {
    "nothing chosen yet": ({}, {"scenario_key": EMERGENCY, **MINE}, ("the situation", "your answers", "your words")),
    "chosen by the facts alone": ({"scenario_key": "training", "scenario_by": "facts"}, {"scenario_key": EMERGENCY, **MINE}, ("the situation", "your answers", "your words")),
    "the same chosen": ({"scenario_key": EMERGENCY, "scenario_by": "engineer"}, MINE, ("your answers", "your words")),
    "another chosen": (
        {"scenario_key": "training", "scenario_by": "engineer"}, {"scenario_key": "training", "answers": {}, "edits": MINE["edits"]}, ("your words",),
    ),
    "words and answers of its own": (
        {"scenario_key": EMERGENCY, "scenario_by": "engineer", "answers": {"x": "y"}, "edits": {f"{EMERGENCY}.situation": "Other"}},
        {"answers": {"x": "y"}, "edits": {f"{EMERGENCY}.situation": "Other"}}, (),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("there", "then", "said"), CASES.values(), ids=CASES)
def test_another_open_draft_takes_over_what_it_has_not_of_its_own(sent, people, there, then, said):
    Draft.objects.filter(pk=sent.draft_id).update(**MINE)
    other = make_draft(people["engineer"])
    Draft.objects.filter(pk=other.pk).update(**there)
    undone = undoing.undo(sent, by=people["engineer"])
    assert (undone.draft, undone.taken_over) == (other, said)
    other.refresh_from_db()
    assert {name: getattr(other, name) for name in then} == then


def test_what_was_undone_can_be_sent_again(sent, people):
    again = undoing.undo(sent, by=people["engineer"]).draft
    second = lifecycle.submit(again, digest=review(again), by=people["engineer"], now=NOON)
    assert second.pk != sent.pk
    assert second.deliveries.filter(state="pending").count() == sent.deliveries.count()


def test_undo_twice_gives_the_draft_of_the_first(sent, people):
    first = undoing.undo(sent, by=people["engineer"])
    with pytest.raises(undoing.DoneAlready, match="already") as again:
        undoing.undo(sent, by=people["engineer"])
    assert again.value.draft == first.draft == Draft.objects.get(state__in=("open", "reviewed"))


def test_undo_again_once_that_draft_has_ended_gives_none(sent, people):
    draft = undoing.undo(sent, by=people["engineer"]).draft
    Draft.objects.filter(pk=draft.pk).update(state="discarded")
    with pytest.raises(undoing.DoneAlready, match="already") as again:
        undoing.undo(sent, by=people["engineer"])
    assert again.value.draft is None


def test_undo_of_a_sample_that_is_cancelled_says_so(people):
    with pytest.raises(undoing.DoneAlready, match="already") as again:
        undoing.undo(make_escalation(people["engineer"], sample=True, state="cancelled"), by=people["engineer"])
    assert again.value.draft is None


def test_undo_is_too_late_once_one_delivery_was_claimed(sent, people):
    undoing.send_now(sent, by=people["engineer"])
    row = sent.deliveries.first()
    with ownership.owned("w1") as owner:
        delivery.claim(row.pk, sent.pk, owner=owner)
        with pytest.raises(undoing.TooLate, match="Withdraw"):
            undoing.undo(sent, by=people["engineer"])
    assert sorted(sent.deliveries.values_list("state", flat=True)) == ["pending", "sending"]


def test_send_now_ends_the_hold(sent, people, sandbox):
    assert undoing.send_now(sent, by=people["engineer"]) == 2
    deliver()
    assert len(sandbox.effects("message")) == 1
    assert undoing.send_now(sent, by=people["engineer"]) == 0


def test_a_withdrawal_during_the_hold_cancels(sent, people, sandbox):
    undoing.withdraw(sent, by=people["engineer"], because=BECAUSE)
    assert deliver() == 0
    assert sandbox.ledger() == []
    sent.refresh_from_db()
    assert (sent.state, sent.withdrawn_by, sent.withdrawn_because) == ("cancelled", people["engineer"], BECAUSE)


def delivered(people, sent):
    undoing.send_now(sent, by=people["engineer"])
    deliver()
    assert set(sent.deliveries.values_list("state", flat=True)) == {"delivered"}


def settle_notes():
    """A ticket that we have just written to waits two seconds for the next note."""
    Delivery.objects.filter(state="pending").update(due_at=timezone.now())
    deliver()


def test_a_withdrawal_replaces_the_message_adds_a_note_and_removes_the_follower(sent, people, sandbox):
    delivered(people, sent)
    before = len(sandbox.ledger())
    undoing.withdraw(sent, by=people["teamlead"], because=BECAUSE)
    deliver()
    _past_the_second(settle_notes)
    rows = sent.deliveries.filter(purpose=WITHDRAWAL)
    assert {row.system: row.state for row in rows} == {"slack": "delivered", "zendesk": "delivered"}
    told = str(sandbox.ledger()[before:])
    assert "Withdrawn" in told
    assert "Tom Okafor: Wrong account" in told
    note = rows.get(system="zendesk")
    assert note.content["remove_follower"]
    assert note.receipt.get("follower_removed")
    sent.refresh_from_db()
    assert sent.state == "completed"
    assert sent.texts["sent"], "the record keeps what was sent"


def _past_the_second(call):
    """The note's own two seconds are the service's clock, so they are really waited for."""
    import time

    time.sleep(2.1)
    call()


def test_somebody_who_followed_before_goes_on_following(people):
    row = make_delivery(
        people["engineer"], "zendesk", state="delivered", remote_id="main:1001:1", settled_at=NOON,
        content={"body": "x", "follower": "dana.reyes@example.com"},
        receipt={"follower_added": True, "follower_was_there": True},
    )  # fmt: skip
    undoing.withdraw(row.escalation, by=people["engineer"], because=BECAUSE)
    assert row.later.get().content["remove_follower"] is None


def test_what_is_in_doubt_is_taken_back_when_it_is_found(people, sandbox):
    row = make_delivery(people["engineer"])
    sandbox.fault("slack", "reset_after", match="chat.postMessage", times=1)
    deliver()
    undoing.withdraw(row.escalation, by=people["engineer"], because=BECAUSE)
    assert not row.later.exists()
    Delivery.objects.filter(pk=row.pk).update(due_at=timezone.now())
    deliver()
    row.refresh_from_db()
    assert (row.state, row.later.get().state) == ("delivered", "delivered")


def test_what_was_in_doubt_and_did_not_arrive_is_not_sent_again(people):
    row = make_delivery(people["engineer"], state="uncertain")
    undoing.withdraw(row.escalation, by=people["engineer"], because=BECAUSE)
    assert moves.settle(row, "pending", "It did not arrive.", by="reconciler")
    row.refresh_from_db()
    assert row.state == "cancelled"
    assert Escalation.objects.get(pk=row.escalation_id).state == "cancelled"


def test_a_second_withdrawal_says_so(sent, people):
    undoing.withdraw(sent, by=people["engineer"], because=BECAUSE)
    with pytest.raises(undoing.DoneAlready, match="already"):
        undoing.withdraw(sent, by=people["engineer"], because=BECAUSE)


def test_nothing_sent_is_nothing_to_withdraw(people):
    row = make_delivery(people["engineer"], state="dead", settled_at=NOON)
    with pytest.raises(undoing.TooLate, match="Nothing"):
        undoing.withdraw(row.escalation, by=people["engineer"], because=BECAUSE)


def test_what_could_not_be_sent_waits_for_nobody_once_it_is_withdrawn(people):
    escalation = make_escalation(people["engineer"])
    failed = make_delivery(people["engineer"], escalation=escalation, state="dead", settled_at=NOON)
    make_delivery(
        people["engineer"], "zendesk", escalation=escalation, state="delivered", remote_id="main:1001:2", settled_at=NOON
    )
    assert list(waiting()) == [failed]
    undoing.withdraw(escalation, by=people["engineer"], because=BECAUSE)
    failed.refresh_from_db()
    assert (failed.state, failed.last_words) == ("cancelled", moves.NEVER_SENT.format("Withdrawn"))
    assert not waiting().exists()
    assert AuditEvent.objects.filter(action="delivery.cancelled").count() == 1


def test_what_turns_out_not_to_be_sendable_after_a_withdrawal_waits_for_nobody(people, sandbox):
    """It was in a worker's hand when the escalation was withdrawn, and then the channel turned out to be archived."""
    row = make_delivery(people["engineer"])
    with ownership.owned("w1") as owner:
        claimed = delivery.claim(row.pk, row.escalation_id, owner=owner)
        undoing.withdraw(row.escalation, by=people["engineer"], because=BECAUSE)
        sandbox.fault("slack", "error", match="chat.postMessage", error="is_archived", times=1)
        delivery.send(claimed, gateways(), owner=owner)
    row.refresh_from_db()
    assert (row.state, row.tries.get().outcome) == ("cancelled", "permanent")
    assert Escalation.objects.get(pk=row.escalation_id).state == "cancelled"
    assert not Delivery.objects.filter(purpose="notice").exists(), "nobody is told of what concerns nobody any more"


def test_a_withdrawal_that_could_not_be_sent_still_waits_for_a_team_lead(people):
    escalation = make_escalation(people["engineer"], withdrawn_at=NOON, withdrawn_by=people["engineer"], withdrawn_because=BECAUSE)
    row = make_delivery(people["engineer"], escalation=escalation, purpose="withdrawal", state="dead", settled_at=NOON)
    assert list(waiting()) == [row]


def test_one_leg_of_many_is_withdrawn_each_in_its_way(people):
    escalation = make_escalation(people["engineer"])
    waiting = make_delivery(people["engineer"], escalation=escalation)
    there = make_delivery(
        people["engineer"], "zendesk", escalation=escalation, state="delivered", remote_id="main:1001:2", settled_at=NOON
    )
    undoing.withdraw(escalation, by=people["engineer"], because=BECAUSE)
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"
    assert there.later.get().purpose == WITHDRAWAL

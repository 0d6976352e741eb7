"""A delivery that may have arrived stays in doubt until a look or a person says otherwise, wherever it is moved meanwhile."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from escalations.actions import delivery, effects, moves, reconcile, settling, undoing, working
from escalations.actions.ownership import owned
from escalations.gateways.base import LookupFailed
from escalations.gateways.wiring import gateways
from escalations.models import Attempt, AuditEvent, Delivery, Escalation, Lane
from escalations.models.delivery import WITHDRAWAL
from tests.actions.factories import make_delivery

pytestmark = pytest.mark.usefixtures("mapping", "sandbox")
BECAUSE = "Wrong account"
LOOKED = "I looked in the channel"
ARRIVED, LOST = "reset_after", "reset"


@pytest.fixture
def doubtful(people, sandbox):
    """Make a delivery that nobody can tell about: Slack hung up after it took the message, or before."""

    def make(fault=ARRIVED, system="slack", **values):
        row = make_delivery(people["engineer"], system, give_up_at=timezone.now() + timedelta(hours=24), **values)
        match = {"slack": "chat.postMessage", "zendesk": "PUT /api/v2/tickets"}[system]
        sandbox.fault(system, fault, match=match, times=1)
        working.deliver_due(gateways())
        row.refresh_from_db()
        assert row.state == "uncertain", row.last_words
        moves.settle(row, "needs_a_person", "Nobody can tell.", by="reconciler", trouble="late")
        return fresh(row)

    return make


def fresh(row) -> Delivery:
    return Delivery.objects.select_related("escalation").get(pk=row.pk)


def later(row, minutes=3.0) -> Delivery:
    """What the worker makes of it when so much time has passed."""
    by = timedelta(minutes=minutes)
    Attempt.objects.update(started_at=F("started_at") - by)
    Delivery.objects.update(looked_empty_at=F("looked_empty_at") - by)
    Delivery.objects.filter(state__in=("pending", "uncertain")).update(due_at=timezone.now())
    Lane.objects.update(failures=0, paused_until=None, asked_until=None, probe_until=None)
    working.deliver_due(gateways())
    return fresh(row)


def send_again(people, row) -> list[Delivery]:
    return settling.send_again([fresh(row)], by=people["teamlead"], because=LOOKED)


def withdraw(people, row) -> None:
    undoing.withdraw(row.escalation, by=people["engineer"], because=BECAUSE)


@pytest.fixture
def unreadable(monkeypatch):
    """Slack takes messages, and does not let the portal read them."""

    def fails(*args):
        raise LookupFailed("slack", "forbidden", "it does not let the portal read there", cause="missing_scope")

    monkeypatch.setitem(effects.LOOKERS, "slack", fails)


ORDERS = {"withdrawn, then sent again": (withdraw, send_again), "sent again, then withdrawn": (send_again, withdraw)}


@pytest.mark.parametrize("verbs", ORDERS.values(), ids=ORDERS)
def test_what_is_withdrawn_in_doubt_is_looked_for_and_taken_back(people, sandbox, doubtful, verbs):
    row = doubtful()
    for verb in verbs:
        verb(people, row)
    assert (fresh(row).state, fresh(row).settled_at) == ("uncertain", None), "it may have arrived: nothing is cancelled"
    assert later(row).state == "delivered"
    assert row.later.get(purpose=WITHDRAWAL).state == "delivered"
    assert (len(sandbox.effects("message")), len(sandbox.effects("message_updated"))) == (1, 1)
    assert Escalation.objects.get(pk=row.escalation_id).state == "completed"


@pytest.mark.parametrize("verbs", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("visibility", ["internal", "customer"])
def test_what_is_withdrawn_in_doubt_and_did_not_arrive_is_cancelled_after_two_looks(people, sandbox, doubtful, verbs, visibility):
    row = doubtful(LOST, visibility=visibility)
    for verb in verbs:
        verb(people, row)
    assert later(row).state == "uncertain"
    assert later(row).state == "cancelled"
    assert sandbox.effects("message") == []
    assert Escalation.objects.get(pk=row.escalation_id).state == "cancelled"


def test_a_look_for_what_is_withdrawn_is_not_called_sending_again(people, doubtful):
    row = doubtful()
    withdraw(people, row)
    assert send_again(people, row) == [row]
    said = AuditEvent.objects.filter(object=row.escalation.reference, actor="teamlead").exclude(action="delivery.pending")
    assert [(event.action, event.words) for event in said if event.words] == [("delivery.looked_for", LOOKED)]


def test_what_nothing_arrived_of_is_cancelled_at_once_however_often_it_was_tried(people, sandbox):
    row = make_delivery(people["engineer"])
    sandbox.fault("slack", "429", match="chat.postMessage", times=1, retry_after=60)
    working.deliver_due(gateways())
    withdraw(people, row)
    assert (fresh(row).state, fresh(row).tried) == ("cancelled", 1)


def test_what_could_not_be_read_before_sending_again_stays_in_doubt_when_it_is_withdrawn(people, sandbox, doubtful, unreadable):
    """It is in a worker's hand when it is withdrawn, and its look fails."""
    row = doubtful()
    send_again(people, row)
    Delivery.objects.filter(pk=row.pk).update(due_at=timezone.now())
    with owned("w1") as owner:
        claimed = delivery.claim(row.pk, row.escalation_id, owner=owner)
        withdraw(people, row)
        delivery.send(claimed, gateways(), owner=owner)
    assert fresh(row).state == "uncertain"


def test_what_two_looks_did_not_find_is_cancelled_at_once_before_it_is_sent_again(people, doubtful):
    row = doubtful(LOST)
    Delivery.objects.filter(pk=row.pk).update(state="pending", looked_empty_at=timezone.now())
    withdraw(people, row)
    assert fresh(row).state == "cancelled"


@pytest.mark.parametrize("ends", ["refused", "too often"])
def test_what_cannot_be_read_does_not_end_as_if_nothing_had_arrived(people, sandbox, settings, doubtful, unreadable, monkeypatch, ends):
    settings.DELIVERY_MAX_ATTEMPTS, settings.DELIVERY_MAX_REFUSALS = 3, 3 if ends == "refused" else 99
    row = doubtful()
    send_again(people, row)
    states = [later(row).state for _ in range(3)]
    assert states == ["pending", "pending", "uncertain"]
    assert later(row, 40).state == "needs_a_person"
    assert "could not be asked whether it arrived" in fresh(row).last_words
    withdraw(people, row)  # and it can be withdrawn
    monkeypatch.undo()
    send_again(people, row)
    assert later(row).state == "delivered"
    assert len(sandbox.effects("message")) == len(sandbox.effects("message_updated")) == 1


def test_a_refusal_after_an_empty_look_is_one(people, sandbox, doubtful):
    """The look before it says that the first attempt came to nothing."""
    row = doubtful(LOST)
    send_again(people, row)
    sandbox.fault("slack", "error", match="chat.postMessage", error="is_archived", times=1)
    assert later(row).state == "dead"


def test_an_attempt_in_doubt_after_an_empty_look_is_looked_for_from_the_beginning(people, sandbox, doubtful):
    row = doubtful(LOST)
    send_again(people, row)
    sandbox.fault("slack", LOST, match="chat.postMessage", times=1)
    row = later(row)
    assert (row.state, row.tried, row.looked_empty_at) == ("uncertain", 2, None)


def test_a_look_that_began_before_the_last_attempt_says_nothing_of_it(people, doubtful):
    stale = doubtful(LOST)
    Delivery.objects.filter(pk=stale.pk).update(state="pending")
    Delivery.objects.filter(pk=stale.pk).update(state="sending", claimed_by="w2", tried=2)
    Delivery.objects.filter(pk=stale.pk).update(state="uncertain", claimed_by="")
    reconcile._look_again(stale, "It is not there; looking once more.", looked_empty_at=timezone.now())
    assert fresh(stale).looked_empty_at is None


def test_what_was_in_doubt_for_an_instance_that_is_gone_is_a_persons(people, settings, doubtful):
    row = doubtful(LOST, "zendesk", target="main:1001")
    send_again(people, row)
    Delivery.objects.filter(pk=row.pk).update(due_at=timezone.now())
    settings.ZENDESK_INSTANCES = {"usgov": settings.ZENDESK_INSTANCES["usgov"]}
    working.deliver_due(gateways())
    assert later(row).state == "needs_a_person"
    assert "look there whether it arrived" in fresh(row).last_words


def test_too_old_is_looked_for_where_it_may_have_arrived(people, sandbox, doubtful):
    row = doubtful()
    send_again(people, row)
    Delivery.objects.filter(pk=row.pk).update(give_up_at=timezone.now() - timedelta(hours=6))
    assert later(row).state == "delivered"
    assert (row.tries.count(), len(sandbox.effects("message"))) == (1, 1)

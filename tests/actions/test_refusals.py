"""One ticket or channel that refuses us is that delivery's trouble; when they all do it is the lane's."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from escalations.actions import lanes, working
from escalations.gateways.wiring import gateways
from escalations.models import Delivery, Lane
from tests.actions.factories import make_delivery, make_escalation

pytestmark = pytest.mark.usefixtures("mapping")
WORDS = "Zendesk does not let the portal write on this ticket (403)."


@pytest.fixture
def note(people):
    """Make a note on a ticket of its own, due at once."""

    def make(ticket_id):
        escalation = make_escalation(people["engineer"], ticket_id=ticket_id)
        return make_delivery(people["engineer"], "zendesk", escalation=escalation, target=f"main:{ticket_id}")

    return make


def work(times=1):
    """As if an hour had passed before each time."""
    for _ in range(times):
        by = timedelta(hours=1)
        Delivery.objects.filter(state="pending").update(due_at=F("due_at") - by)
        Lane.objects.update(
            paused_until=F("paused_until") - by, probe_until=F("probe_until") - by, asked_until=F("asked_until") - by
        )
        working.deliver_due(gateways())


def now(row):
    row.refresh_from_db()
    return row


def forbid(sandbox, *ticket_ids, method="PUT"):
    for ticket_id in ticket_ids:
        sandbox.fault("zendesk", "403", match=f"{method} /api/v2/tickets/{ticket_id}")


@pytest.mark.parametrize("method", ["PUT", "GET"])
def test_one_ticket_that_refuses_us_holds_up_no_other(note, sandbox, method):
    forbid(sandbox, 1001, method=method)
    refused, other = note(1001), note(1002)
    working.deliver_due(gateways())
    assert now(other).state == "delivered"
    assert not lanes.is_paused("zendesk-main")
    assert (now(refused).state, refused.attempts, refused.last_words) == ("pending", 1, WORDS)
    assert refused.due_at > timezone.now()


def test_it_is_tried_a_few_times_and_then_a_person_can_act(note, sandbox, settings):
    forbid(sandbox, 1001)
    refused = note(1001)
    work(settings.DELIVERY_MAX_REFUSALS - 1)
    assert (now(refused).state, refused.attempts) == ("pending", settings.DELIVERY_MAX_REFUSALS - 1)
    work(1)
    assert (now(refused).state, refused.last_words, refused.trouble) == ("dead", WORDS, "http_403")
    assert {tried.outcome for tried in refused.tries.all()} == {"refused"}


def test_what_is_granted_meanwhile_is_delivered(note, sandbox):
    sandbox.fault("zendesk", "403", match="PUT /api/v2/tickets/1001", times=2)
    row = note(1001)
    work(3)
    assert now(row).state == "delivered"


def test_after_a_new_start_by_a_person_it_is_tried_as_often_again(note, sandbox, settings, people):
    from escalations.actions import settling

    forbid(sandbox, 1001)
    row = note(1001)
    work(settings.DELIVERY_MAX_REFUSALS)
    settling.send_again([now(row)], by=people["teamlead"], because="The permission was granted.")
    work(1)
    assert (now(row).state, row.attempts) == ("pending", 1)


def test_three_tickets_that_refuse_us_and_nothing_that_works_is_the_lanes_trouble(note, sandbox, settings):
    sandbox.fault("zendesk", "403", match="PUT /api/v2/tickets")
    rows = [note(ticket_id) for ticket_id in (1001, 1002, 1003, 1004)]
    working.deliver_due(gateways())
    assert lanes.is_paused("zendesk-main")
    work(settings.DELIVERY_MAX_REFUSALS * 4)
    assert {now(row).state for row in rows} == {"pending"}, "a refused account costs no delivery its life"
    sandbox.session.delete(f"{sandbox.base}/control/faults", timeout=5)
    work(3)
    assert {now(row).state for row in rows} == {"delivered"}


def test_something_that_is_delivered_shows_that_it_is_the_tickets(note, sandbox, settings):
    forbid(sandbox, 1001, 1002, 1003)
    rows = [note(ticket_id) for ticket_id in (1001, 1002, 1003)]
    for ticket_id in range(1004, 1004 + settings.DELIVERY_MAX_REFUSALS * 3):
        note(ticket_id)
        work(1)
    assert {now(row).state for row in rows} == {"dead"}
    assert Delivery.objects.filter(system="zendesk", state="delivered").count() == settings.DELIVERY_MAX_REFUSALS * 3


@pytest.mark.parametrize("code", ["missing_scope", "access_denied"])
def test_one_channel_that_refuses_us_does_not_silence_slack(people, sandbox, code):
    refused, other = make_delivery(people["engineer"]), make_delivery(people["engineer"], target="C0SALES0001")
    sandbox.fault("slack", "error", match="chat.postMessage", error=code, times=1)
    working.deliver_due(gateways())
    assert (now(refused).state, now(other).state) == ("pending", "delivered")
    assert not lanes.is_paused("slack")


@pytest.mark.parametrize("code", ["restricted_action", "not_in_channel"])
def test_a_channel_that_takes_no_messages_of_ours_is_dead_at_once(people, sandbox, code):
    refused = make_delivery(people["engineer"])
    sandbox.fault("slack", "error", match="chat.postMessage", error=code, times=1)
    working.deliver_due(gateways())
    assert now(refused).state == "dead"
    assert not lanes.is_paused("slack")


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "account_inactive"])
def test_refused_credentials_pause_the_lane_at_the_first_word(people, sandbox, code):
    row = make_delivery(people["engineer"])
    sandbox.fault("slack", "error", match="chat.postMessage", error=code, times=1)
    working.deliver_due(gateways())
    assert (now(row).state, row.attempts) == ("pending", 0)
    assert lanes.is_paused("slack")

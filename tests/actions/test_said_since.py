"""Somebody has said since Send who is not to be told: what still waits mentions and adds nobody, and people are told of that."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escalations.actions import corrections, follow_up, settling, working
from escalations.gateways.wiring import gateways
from escalations.models import Correction, Delivery, Lane
from escalations.models.clock import database_now
from escalations.models.facts import facts_as_json
from escalations.rules.facts import Seen
from tests.actions.factories import PLAIN_FACTS, make_delivery, make_escalation

pytestmark = pytest.mark.usefixtures("mapping", "sandbox")
ACME = "0015e0000000001AAA"
TO_DANA = {"contact_name": "Dana Reyes", "contact_email": "dana.reyes@example.com", "account_id": ACME}
MENTIONED, FOLLOWED = {"mentions": "Dana Reyes"}, {"cc": "follower"}


@pytest.fixture
def ana(people):
    return people["engineer"]


def planned(by, **values):
    """Ana's escalation to Dana about Acme, with a message that mentions her; it is due."""
    now = database_now()
    values = {"submitted_at": now, "day": now.date(), "facts": facts_as_json(PLAIN_FACTS), **TO_DANA, **values}
    row = make_escalation(by, **values)
    make_delivery(by, escalation=row, **MENTIONED)
    return row


def say(by, **values) -> Correction:
    given = {
        "account_id": ACME, "email": TO_DANA["contact_email"], "name": "Dana Reyes", "instead": "next_step",
        "valid_from": database_now().date(), "reason": "Moved", "said_by": "Dana Reyes", **values,
    }  # fmt: skip
    return corrections.record(Correction(**given), by=by, now=database_now())


def refuse_another(by) -> None:
    """Dana says of an escalation of before that it is not hers."""
    sent = make_escalation(by, state="completed", follow_up="awaiting_reply", facts=facts_as_json(PLAIN_FACTS), **TO_DANA)
    reason = "Moved to another team or role"
    follow_up.not_mine(sent, said_by="Dana Reyes", reason=reason, right=None, by=by, now=database_now())


def leg(row, system="slack") -> Delivery:
    return row.deliveries.get(system=system, purpose="post")


def test_who_refused_the_customer_is_not_mentioned_by_what_waited(ana, sandbox):
    row = planned(ana)
    refuse_another(ana)
    working.deliver_due(gateways())
    assert (leg(row).state, leg(row).trouble) == ("dead", "said_otherwise")
    assert leg(row).last_words.startswith(
        "Not sent, because COR-1 says otherwise since: Dana Reyes is not to be told about this account (Moved to another team or role, says "
    )
    assert leg(row).last_words.endswith("Or take the correction back, and send this again.")


def test_its_author_is_told(ana, sandbox):
    row = planned(ana)
    refuse_another(ana)
    working.deliver_due(gateways())
    working.deliver_due(gateways())
    assert [notice.state for notice in row.deliveries.filter(purpose="notice")] == ["delivered"]
    [message] = sandbox.effects("message")
    assert "COR-1" in message["text"] and "Dana" not in [person["name"] for person in message["mentions"]]


@pytest.mark.parametrize(("names", "state"), [(FOLLOWED, "dead"), ({}, "delivered")])
def test_a_note_that_adds_them_is_not_written_and_one_that_does_not_is(ana, names, state):
    row = planned(ana)
    make_delivery(ana, "zendesk", escalation=row, **names)
    say(ana)
    working.deliver_due(gateways())
    assert leg(row, "zendesk").state == state


@pytest.mark.parametrize(
    "values",
    [
        {"account_id": "0015e0000000002AAA"}, {"email": "omar.haddad@example.com", "name": "Omar Haddad"}, {"role_key": "ao"},
        {"valid_from": timezone.now().date() + timedelta(days=30)},
    ],
)  # fmt: skip
def test_what_was_said_of_something_else_stops_nothing(ana, values):
    row = planned(ana)
    say(ana, **values)
    working.deliver_due(gateways())
    assert leg(row).state == "delivered"


def test_what_was_known_when_it_was_planned_was_decided_then(ana):
    said = say(ana)
    facts = PLAIN_FACTS.having([Seen("portal", "corrections", [said.as_value()], timezone.now())])
    row = planned(ana, facts=facts_as_json(facts))
    working.deliver_due(gateways())
    assert leg(row).state == "delivered"


def test_sent_again_it_is_stopped_again_until_the_correction_is_taken_back(ana, people, sandbox):
    row = planned(ana)
    said = say(ana)
    working.deliver_due(gateways())
    again = lambda: settling.send_again([leg(row)], by=people["teamlead"], because="The cause is mended")  # noqa: E731
    again()
    working.deliver_due(gateways())
    assert leg(row).state == "dead"
    corrections.end(said, by=ana, now=database_now())
    again()
    working.deliver_due(gateways())
    assert leg(row).state == "delivered"


def test_what_had_arrived_before_is_delivered(ana, sandbox):
    row = planned(ana)
    sandbox.fault("slack", "reset_after", match="chat.postMessage", times=1)
    working.deliver_due(gateways())
    say(ana)
    Delivery.objects.filter(state="uncertain").update(state="pending", due_at=database_now())
    working.deliver_due(gateways())
    assert leg(row).state == "delivered" and len(sandbox.effects("message")) == 1


def test_it_says_nothing_of_the_service(ana):
    """Nobody was asked: an open breaker stays open, and the next delivery may try."""
    planned(ana)
    say(ana)
    Lane.objects.create(key="slack", failures=5, since=database_now())
    working.deliver_due(gateways())
    lane = Lane.objects.get(key="slack")
    assert (lane.failures, lane.probe_until) == (5, None)

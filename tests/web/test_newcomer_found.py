"""What a newcomer found while looking at the pages, each as a test of its own."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from escalations.actions import settling, undoing
from escalations.models import Delivery, Escalation, Lane
from tests.actions.factories import make_delivery, make_escalation
from tests.conftest import NOON


@pytest.fixture
def sent(visit, work):
    page = visit().look_up("1001")
    page.send()
    work()
    return page


def test_what_was_withdrawn_was_told_all_the_same(sent, people, sandbox, work):
    row = Escalation.objects.get()
    undoing.withdraw(row, by=people["engineer"], because="Wrong person")
    page = sent.look_up("1001")
    assert f"Told before: {row.reference}, Dana Reyes, by Ana Lima" in page.text
    assert "withdrawn since" in page.text
    assert "None that the portal knows of" not in page.text
    assert "the thread in" not in page.text, "its message is gone: a thread goes on from another one"


def test_withdrawn_is_what_the_lists_say_and_can_be_found(sent, people):
    row = Escalation.objects.get()
    undoing.withdraw(row, by=people["engineer"], because="Wrong person")
    assert "withdrawn" in sent.open("/").text
    assert row.reference in sent.open("/history/?state=withdrawn").text
    Escalation.objects.update(withdrawn_at=None, withdrawn_by=None, withdrawn_because="")
    assert row.reference not in sent.open("/history/?state=withdrawn").text


def test_a_paused_service_is_the_reason_that_stands_there(visit, mapping, people):
    row = make_escalation(people["engineer"], submitted_at=timezone.now())
    make_delivery(people["engineer"], escalation=row)
    Lane.objects.create(key="slack", failures=3, paused_until=timezone.now() + timedelta(seconds=40))
    text = visit().open(row.get_absolute_url()).text
    assert "waiting to be sent: Slack is in trouble and paused, next attempt in" in text
    assert "This takes longer than usual" not in text


# the row, the lane: what the page says of its time. Looks wait only for what the service itself asked for.
TIMES = [
    ({"state": "uncertain"}, {"paused_until": 50, "asked_until": 50}, "next look in 50 min"),
    ({"state": "uncertain"}, {"paused_until": 50}, "next look now"),
    ({"state": "uncertain", "due_at": 55}, {"paused_until": 50, "asked_until": 50}, "next look in 55 min"),
    ({"last_words": "Slack asks us to wait."}, {"paused_until": 50, "asked_until": 50}, "Slack asks us to wait; next attempt in 50 min"),
    ({"last_words": "Slack asks us to wait.", "due_at": 55}, {"paused_until": 50}, "next attempt in 55 min"),
    ({"last_words": "Slack asks us to wait."}, {"paused_until": -50}, "next attempt now"),
]


@pytest.mark.parametrize(("row", "lane", "words"), TIMES)
def test_nothing_is_next_now_while_its_lane_pauses(visit, mapping, people, row, lane, words):
    now = timezone.now() + timedelta(seconds=10)
    at = {name: now + timedelta(minutes=value) if name.endswith(("_at", "_until")) else value for name, value in (row | lane).items()}
    escalation = make_escalation(people["engineer"], submitted_at=timezone.now())
    make_delivery(people["engineer"], escalation=escalation, **{name: at[name] for name in row})
    Lane.objects.create(key="slack", failures=1, **{name: at[name] for name in lane})
    assert words in visit().open(escalation.get_absolute_url()).text


def test_a_pause_that_is_over_before_its_hour_is_no_reason(visit, mapping, people):
    row = make_escalation(people["engineer"], submitted_at=timezone.now())
    make_delivery(people["engineer"], escalation=row, due_at=timezone.now() + timedelta(hours=9))
    Lane.objects.create(key="slack", failures=3, paused_until=timezone.now() + timedelta(seconds=40))
    text = visit().open(row.get_absolute_url()).text
    assert "waiting to be sent" in text and "next attempt" not in text


def test_after_a_minute_the_page_says_how_to_tell_them_by_hand(visit, mapping, people):
    row = make_escalation(people["engineer"], submitted_at=timezone.now() - timedelta(seconds=70), contact_name="Dana Reyes")
    make_delivery(people["engineer"], escalation=row)
    assert "if it cannot wait, tell Dana Reyes in another way" in visit().open(row.get_absolute_url()).text


def test_what_was_found_later_says_when_it_was_received(visit, mapping, people):
    row = make_escalation(people["engineer"], contact_name="Dana Reyes")
    receipt = {"at": (NOON + timedelta(hours=1)).isoformat()}
    make_delivery(
        people["engineer"], escalation=row, state="delivered", settled_at=NOON + timedelta(hours=1, minutes=7), receipt=receipt,
        remote_id="C1:1.1",
    )  # fmt: skip
    assert re.search(r"13:00:00 UTC ?, found .{0,12} 2026, 13:07:00", visit().open(row.get_absolute_url()).text)


def test_a_receipt_keeps_the_services_own_time(sent):
    assert all(row.receipt["at"] for row in Delivery.objects.filter(state="delivered", system="slack"))


def test_who_sends_again_is_not_said_to_be_slack(visit, mapping, people):
    row = make_delivery(people["engineer"], state="dead", settled_at=NOON, trouble="x")
    settling.send_again([row], by=people["teamlead"], because="The cause is mended")
    text = visit().open(row.escalation.get_absolute_url()).text
    assert "Slack waits to be sent again" in text
    assert "did not take it" not in text


@pytest.mark.parametrize(("ticket", "says"), [("1022", "Several reasons decide"), ("1021", "No reason decides")])
def test_a_tie_is_not_the_same_as_no_reason(visit, mapping, ticket, says):
    assert says in visit().look_up(ticket).text

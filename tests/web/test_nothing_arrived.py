"""Of what did not arrive at all nobody is waited for, on no page; who was told in another way can still answer."""

import csv
import io
from unittest import mock

import pytest
from django.urls import reverse

from escalations.actions import delivery, settling
from escalations.gateways.base import DeliveryError
from escalations.models import Delivery, Escalation
from tests.web.test_follow_up_page import record


@pytest.fixture
def refused(visit, work):
    """Ana asked Dana about ticket 1001, and both legs were refused for good."""

    def refuses(*_):
        raise DeliveryError("It is archived.", outcome="permanent", code="is_archived")

    visit().look_up("1001").choose("customer-asked").send()
    with mock.patch.dict(delivery.SENDERS, dict.fromkeys(delivery.SENDERS, refuses)):
        work()
    return Escalation.objects.get()


@pytest.fixture
def closed(refused, people):
    legs = Delivery.objects.exclude(purpose="notice")
    settling.close_not_sent(legs, by=people["teamlead"], because="Told in another way")
    return Escalation.objects.get()


@pytest.mark.parametrize("stage", ["refused", "closed"])
def test_nobody_is_waited_for(visit, request, stage):
    row = request.getfixturevalue(stage)
    seen = visit()
    page, home, found = (seen.open(address).text for address in (row.get_absolute_url(), "/", "/history/"))
    assert "Waiting for Dana Reyes" not in page and "is asked: “" not in page
    assert "waited for" not in home and "sent in part" not in home
    assert found.count("waited for") == 1, "as a filter only"
    assert row.reference not in seen.open("/history/?answer=awaiting_reply").text
    assert "waits for you" not in visit("csm").open("/").text


def test_it_is_not_sent_and_says_so(visit, closed):
    seen = visit()
    page = seen.open(closed.get_absolute_url()).text
    assert "Delivered in part" not in page and "was asked: “" not in page
    assert "Nothing of it arrived, so only who was told in another way knows of it." in page
    assert f"{closed.reference} Acme Corp: The customer asked for an escalation, to Dana Reyes not sent" in seen.open("/").text
    found = b"".join(seen.client.get(reverse("history-csv")).streaming_content).decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(found)))
    assert (row["State"], row["Answer"]) == ("not_sent", "")


def test_what_did_not_arrive_is_not_said_to_have_been_sent(visit, refused):
    page = visit().open(refused.get_absolute_url()).text
    assert "Exactly what is to be sent" in page and "what was sent" not in page
    assert "Send was pressed by Ana Lima" in page and "sent by Ana Lima" not in page
    assert "from Ana Lima" in (needs := visit().open("/attention/").text) and "sent by" not in needs


def test_until_something_arrives_nobody_has_been_asked(visit, work):
    seen = visit().look_up("1001").choose("customer-asked").send()
    assert "Dana Reyes, CSM, is being asked: “" in seen.text and "Exactly what is to be sent" in seen.text
    work()
    page = seen.open(Escalation.objects.get().get_absolute_url()).text
    assert "Dana Reyes, CSM, is asked: “" in page and "Exactly what was sent" in page and "sent by Ana Lima" in page


def test_what_arrived_in_part_is_waited_for(visit, refused, people):
    note, message = Delivery.objects.exclude(purpose="notice").order_by("-system")
    settling.close_not_sent([message], by=people["teamlead"], because="Told in another way")
    settling.send_again([note], by=people["teamlead"], because="The cause is mended")
    Delivery.objects.filter(pk=note.pk).update(state="sending", claimed_by="w")
    Delivery.objects.filter(pk=note.pk).update(state="delivered", claimed_by="", remote_id="7", settled_at=refused.submitted_at)
    assert "Waiting for Dana Reyes until" in visit().open(refused.get_absolute_url()).text
    assert "waits for you" in visit("csm").open("/").text


def test_what_a_team_lead_closed_is_one_line_with_the_reason(visit, closed):
    page = visit().open(closed.get_absolute_url()).text
    assert page.count("Slack closed by a team lead: it had not arrived (Told in another way) Tom Okafor") == 1
    assert page.count("Zendesk closed by a team lead: it had not arrived (Told in another way) Tom Okafor") == 1
    assert "settled by a team lead" not in page


def test_who_was_told_in_another_way_can_answer_and_it_is_recorded(visit, closed):
    assert "I have it" in visit("csm").open(closed.get_answer_url()).text
    seen = visit()
    seen.open(closed.get_absolute_url())
    assert "“I have it”, says Dana Reyes" in record(seen, "acknowledged").text
    assert "acknowledged" in seen.open("/").text


def test_the_text_to_copy_lies_open_where_the_page_points_to_it(visit, refused):
    page = visit().open(refused.get_absolute_url())
    assert "the text to copy is below" in page.text and 'id="to-copy" open>' in page.html


def test_elsewhere_it_is_closed(visit, closed):
    assert 'id="to-copy">' in visit().open(closed.get_absolute_url()).html


def test_home_and_needs_you_say_what_can_be_done(visit, refused):
    seen = visit()
    assert "Slack, #a_acme-internal: It is archived." in seen.open("/").text
    page = visit("teamlead").open("/attention/").text
    assert "look first" not in page.lower() and "Each decision is on record with your reason." in page
    Delivery.objects.filter(state="dead").update(settled_at=None)
    Delivery.objects.filter(state="dead", system="slack").update(state="pending")
    Delivery.objects.filter(state="pending").update(state="sending", claimed_by="w")
    Delivery.objects.filter(state="sending").update(state="uncertain", claimed_by="")
    Delivery.objects.filter(state="uncertain").update(state="needs_a_person")
    assert "Where nobody can tell whether it arrived, look first, then decide." in seen.open("/attention/").text

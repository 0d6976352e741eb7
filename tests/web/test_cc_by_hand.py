"""A follower is made an e-mail cc by hand: the reason is asked for, kept, shown, sent with nothing, and counted."""

import pytest
from django.urls import reverse

from escalations.models import Delivery, Draft, Escalation
from escalations.rules.cc_by_hand import CC_BY_HAND

WHY = "The customer asked to have her address"
USGOV = "https://portal-demo-usgov.zendesk.com/agent/tickets/7001"


@pytest.fixture
def seen(visit):
    """Ticket 1001: Dana Reyes follows it."""
    return visit().look_up("1001")


def test_it_stands_under_the_note_and_before_send_and_takes_no_line_of_its_own(seen):
    def places():
        return [seen.html.index(mark) for mark in ('data-system="zendesk"', f'{Draft.objects.get().get_absolute_url()}cc/"', 'id="sendbar"')]

    assert places() == sorted(places())
    assert seen.text.count("Change the words, or put Dana Reyes in cc") == seen.html.count("in cc</summary>") == 1
    seen.submit("/cc/", reason=WHY)
    assert places() == sorted(places())
    assert "or put Dana Reyes in cc" not in seen.text


def test_it_takes_a_reason(seen):
    refused = seen.submit("/cc/", reason="  ")
    assert refused.status == 422
    assert "Say in a few words why the customer is meant to see their address" in refused.text
    assert Draft.objects.get().answers == {}


def test_with_a_reason_the_review_says_who_sees_what(seen):
    seen.submit("/cc/", reason=WHY)
    assert "Send to Dana Reyes in #a_acme-internal and note ticket 1001, Dana Reyes in cc" in seen.text
    assert "Dana Reyes in cc: the customer sees the address" in seen.text
    assert f"Dana Reyes is in cc by hand, and the customer sees their address: “{WHY}”" in seen.text
    assert "Dana Reyes's address becomes visible to 1 person outside." in seen.text


def test_it_is_sent_kept_explained_and_counted(seen, work, sandbox, visit):
    seen.submit("/cc/", reason=WHY).send()
    work()
    assert [one["user_email"] for one in sandbox.effects("email_cc")] == ["dana.reyes@example.com"]
    assert not sandbox.effects("follower")
    escalation = Escalation.objects.get()
    assert escalation.cc_because == WHY and escalation.answers[CC_BY_HAND].endswith(WHY)
    assert WHY in seen.open(escalation.get_absolute_url()).text
    for delivery in Delivery.objects.all():
        assert WHY not in str(delivery.content)
    assert escalation.reference in seen.open("/history/?cc=by_hand").text
    assert "Cc by hand 1" in seen.open("/reports/").text
    csv = visit("auditor").client.get(reverse("reports-csv")).content.decode("utf-8-sig").splitlines()
    [header, *lines] = (line.split(",") for line in csv)
    assert "1" in [line[header.index("Cc by hand")] for line in lines]


def test_what_was_no_cc_by_hand_is_not_found_as_one(seen, work):
    seen.send()
    work()
    sent = Escalation.objects.get().reference
    assert sent not in seen.open("/history/?cc=by_hand").text and sent in seen.open("/history/").text


def test_it_can_be_taken_back(seen):
    seen.submit("/cc/", reason=WHY).submit("/cc/", follower="1")
    assert "Dana Reyes follows, unseen by the customer" in seen.text and "or put Dana Reyes in cc" in seen.text
    assert Draft.objects.get().answers == {}


def test_another_situation_is_another_decision(seen):
    seen.submit("/cc/", reason=WHY).choose("training")
    assert "Dana Reyes follows, unseen by the customer" in seen.text and WHY not in seen.text


@pytest.mark.parametrize("ticket", ["1029", "1034", "1017"])
def test_where_nobody_can_be_in_cc_it_is_not_offered(visit, ticket):
    seen = visit().look_up(ticket)
    assert seen.has_form("/cc/") == (ticket == "1034")  # there is an agent; only following is not possible for them
    assert ("Change the words, or put" in seen.text) == (ticket == "1034") and "follows, unseen by the customer" not in seen.text


def test_a_row_that_says_cc_asks_for_no_reason(visit):
    seen = visit().look_up("1008").choose("pass-lead", **{"answer-license-kind": "renewal"})
    assert "'s address becomes visible to" in seen.text and not seen.has_form("/cc/")


def test_of_us_government_tickets_it_is_neither_offered_nor_kept(visit):
    seen = visit("usgov").look_up(USGOV).choose("emergency")
    assert not seen.has_form("/cc/")
    seen.client.post(f"{Draft.objects.get().get_absolute_url()}cc/", {"reason": WHY})
    assert WHY not in str(Draft.objects.get().answers)


def test_a_colleague_may_not(seen, visit):
    other = visit("teamlead").open(Draft.objects.get().get_absolute_url())
    assert not other.has_form("/cc/")
    assert other.client.post(f"{Draft.objects.get().get_absolute_url()}cc/", {"reason": WHY}).status_code == 403


def test_the_part_that_comes_back_says_who_sees_the_address(seen):
    address = f"{Draft.objects.get().get_absolute_url()}cc/"
    answer = seen.client.post(address, {"reason": WHY}, headers={"HX-Request": "true"}).content.decode()
    assert "Dana Reyes&#x27;s address becomes visible to 1 person outside." in answer
    assert "Make them a follower again" in answer


def test_without_a_reason_the_page_stays_and_says_what_is_missing(seen):
    address = f"{Draft.objects.get().get_absolute_url()}cc/"
    answer = seen.client.post(address, {"reason": ""}, headers={"HX-Request": "true"})
    assert answer.status_code == 422 and answer["HX-Retarget"] == "#alerts"

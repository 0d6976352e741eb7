"""Needs you after Send again: the page stays on what is on its way until it has settled, and claims nothing before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escalations.models import Delivery, Escalation
from tests.conftest import NOON
from tests.web.test_attention_page import press, state_of

MENDED = {"reason": "The cause is mended"}


@pytest.fixture
def two(visit, stuck):
    """The page after two dead messages were sent again, and the two."""
    rows = [stuck("dead", target=target) for target in ("C0ACCT0001", "C0ACCTMGMT1")]
    return press(visit("teamlead").open("/attention/"), "again", rows, **MENDED), rows


def polled(page, rows, again=(), groups=()) -> str:
    given = {"sent": ",".join(str(row.pk) for row in rows), "again": ",".join(map(str, again)), "group": list(groups)}
    return page.client.get("/attention/", given, headers={"HX-Request": "true"}).content.decode()


def test_it_claims_nothing_while_they_are_on_their_way(two):
    page, rows = two
    assert "2 deliveries are on their way" in page.text and page.text.count(": on its way") == 2
    assert "has arrived" not in page.text and "sent again" not in page.text
    assert "every 1s" in page.html and "Look again" in page.text


def test_what_is_refused_again_stands_there_again_without_a_reload(two, sandbox, work):
    page, rows = two
    sandbox.fault("slack", "400", on="write")
    work()
    assert [state_of(row) for row in rows] == ["dead", "dead"]
    answer = polled(page, rows)
    assert "Arrived: 0 of 2" in answer and answer.count("could not be sent: it stands below again") == 2
    assert 'hx-swap-oob="afterbegin:#groups"' in answer and f'id="group-{rows[0].pk}"' in answer
    assert 'class="site__needs"' in answer and "Nothing needs you" not in answer
    assert "every 1s" not in answer
    shown = polled(page, rows, again=[row.pk for row in rows], groups=[rows[0].pk])
    assert "group-" not in shown, "what somebody types there is left alone"


def test_a_group_that_is_on_the_page_is_replaced(two, sandbox, work):
    page, rows = two
    sandbox.fault("slack", "400", on="write")
    work()
    answer = polled(page, rows, again=[rows[0].pk], groups=[rows[0].pk])
    assert f'id="group-{rows[0].pk}" aria-labelledby="cause-{rows[0].pk}" hx-swap-oob="true"' in answer
    assert "afterbegin" not in answer


def test_what_arrives_says_so(two, work):
    page, rows = two
    Delivery.objects.filter(pk=rows[0].pk).update(state="sending", claimed_by="w")
    assert "on its way" in polled(page, rows)
    Delivery.objects.filter(pk=rows[0].pk).update(state="pending", claimed_by="")
    work()
    answer = polled(page, rows)
    assert "Arrived: 2 of 2" in answer and answer.count(">arrived<") == 2
    assert "Nothing needs you" in answer


def withdrawn(people, row):
    Escalation.objects.filter(pk=row.escalation_id).update(withdrawn_at=NOON, withdrawn_by=people["engineer"], withdrawn_because="Wrong account")
    return row


def test_what_was_withdrawn_is_looked_for_and_said_to_be_taken_back(visit, stuck, people):
    row = withdrawn(people, stuck("uncertain"))
    page = visit("teamlead")
    assert "checking whether it arrived: if it did, it is taken back; if not, it is not sent" in polled(page, [row])
    Delivery.objects.filter(pk=row.pk).update(state="delivered", remote_id="C1:1.1", settled_at=NOON)
    assert ">arrived, and is taken back<" in polled(page, [row])


def test_what_was_withdrawn_and_is_not_found_is_not_said_to_have_been_cancelled_before_it_was_sent(visit, stuck, people):
    row = withdrawn(people, stuck("pending", tried=1, attempts=1))
    Delivery.objects.filter(pk=row.pk).update(state="cancelled", settled_at=NOON)
    answer = polled(visit("teamlead"), [row])
    assert ">it had not arrived, and is not sent<" in answer and "Arrived: 0 of 1" in answer


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("uncertain", "on its way: checking whether it is taken back"), ("delivered", ">taken back<"),
        ("needs_a_person", "nobody can tell whether it was taken back: it stands below again"),
        ("dead", "could not be taken back: it stands below again"),
    ],
)  # fmt: skip
def test_what_takes_something_back_does_not_arrive(visit, stuck, state, says):
    settled = {"settled_at": NOON} if state == "delivered" else {}
    row = stuck(state, purpose="withdrawal", target="C1:1.1", remote_id="C1:1.1", **settled)
    answer = polled(visit("teamlead"), [row]).split("</section>")[0]
    assert says in answer and "arrived" not in answer and ("Taken back: " in answer) == (state != "uncertain")


def test_the_empty_page_says_how_much_is_on_its_way(visit, stuck):
    stuck("pending"), stuck("sending", claimed_by="w")
    text = visit("teamlead").open("/attention/").text
    assert "2 deliveries are on their way." in text and "Everything that was sent" not in text
    assert "on their way" not in visit("usgov").open("/attention/").text


def test_what_waits_for_its_hour_is_not_said_to_be_on_its_way(visit, stuck):
    stuck("sending", claimed_by="w")
    for row in (stuck("pending"), stuck("pending")):
        Escalation.objects.filter(pk=row.escalation_id).update(hold_until=timezone.now() + timedelta(hours=1))
    assert "1 delivery is on its way. 2 deliveries wait for their hour and are not sent before." in visit("teamlead").open("/attention/").text
    Delivery.objects.filter(state="sending").update(state="delivered", claimed_by="", remote_id="C1:1.1", settled_at=NOON)
    text = visit("teamlead").open("/attention/").text
    assert "on its way" not in text and "2 deliveries wait for their hour" in text


@pytest.mark.parametrize("sent", ["", "x", "9" * 30, "1,,2", ",".join("1" for _ in range(3000))])
def test_numbers_that_are_none_show_nothing(visit, sent):
    assert "under-way" not in visit("teamlead").open(f"/attention/?sent={sent}").html


def test_others_do_not_see_what_is_not_theirs(two, visit):
    page, rows = two
    assert "under-way" not in visit("usgov").open(f"/attention/?sent={rows[0].pk}").html


def test_the_count_in_the_navigation_moves_with_an_escalations_page(visit, work, sandbox):
    page = visit("engineer").look_up("1001").choose("emergency").send()
    assert "Needs you 0" in page.text
    sandbox.fault("slack", "400", on="write")
    work()
    address = f"{page.address}deliveries/"
    answer = page.client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert '<li id="needs-you-link" hx-swap-oob="true"' in answer and '<span class="num">1</span>' in answer

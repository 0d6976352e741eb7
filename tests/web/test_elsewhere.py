"""Before a dead letter's words go to another channel: what stands there, who reads it, who is mentioned, and why."""

import pytest

from escalations.actions import settling
from escalations.gateways.base import Deadline
from escalations.gateways.wiring import gateways
from escalations.models import Delivery
from tests.actions.factories import make_escalation
from tests.web.test_attention_page import elsewhere, state_of

DANA = "U0DANA0001"
SALES = {"target": "C0SALES0001"}


@pytest.fixture
def dead(stuck, sandbox):
    """A dead message that mentions somebody of this Slack id."""

    def make(slack_id=DANA, **values):
        place = {"kind": "account_channel", "label": "#a_acme-internal", "note": "", "people": {slack_id: "Dana Reyes"}}
        said = {"text": "Disk is gone", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": f"<@{slack_id}> Disk is gone"}}]}
        return stuck("dead", **{"target": "C0ACCT0001", "mentions": "Dana Reyes", "place": place, "content": said, **values})

    return make


@pytest.fixture
def of_sales(sandbox):
    """Somebody who is in #sales."""
    return sorted(gateways().slack.members("C0SALES0001", deadline=Deadline(9))[0])[0]


@pytest.mark.parametrize("there", [True, False])
def test_it_shows_place_text_and_whether_the_person_is_there(visit, dead, of_sales, there):
    row = dead(of_sales if there else "U0NOWHERE1")
    page = elsewhere(visit("teamlead").open("/attention/"), row, **SALES)
    said = "Dana Reyes is mentioned, and is in #sales." if there else "Dana Reyes is not in #sales: a mention there does not reach them."
    assert all(words in page.text for words in ("Send to #sales?", "Disk is gone", "It could not be sent to #a_acme-internal", said))
    assert state_of(row) == "dead" and Delivery.objects.count() == 1
    assert "private" not in page.text


def test_where_slack_does_not_answer_nobody_can_tell(visit, dead, sandbox):
    sandbox.fault("slack", "503", on="read")
    row = dead()
    page = elsewhere(visit("teamlead").open("/attention/"), row, **SALES)
    assert "Nobody can tell whether Dana Reyes is in #sales: Slack could not be asked" in page.text
    assert page.has_form("/elsewhere/")


def test_what_was_private_says_how_many_could_read_it(visit, dead):
    row = dead(target="group:U1,U2")
    page = elsewhere(visit("teamlead").open("/attention/"), row, **SALES)
    assert "This was a private direct message. In #sales it can be read by " in page.text and " people." in page.text


@pytest.mark.parametrize(("given", "says"), [({}, "Choose why."), ({"reason": "other"}, "Say in your own words why.")])
def test_without_a_reason_nothing_is_sent(visit, dead, given, says):
    row = dead()
    page = elsewhere(visit("teamlead").open("/attention/"), row, **SALES).submit("/elsewhere/", **given)
    assert (page.status, state_of(row)) == (422, "dead")
    assert says in page.text and "Disk is gone" in page.text


def test_with_one_it_is_sent_and_the_page_stays_on_it(visit, dead, work, sandbox):
    row = dead()
    page = elsewhere(visit("teamlead").open("/attention/"), row, **SALES).submit("/elsewhere/", reason="They read there")
    assert "1 delivery is on its way" in page.text
    row.refresh_from_db()
    assert (row.state, row.last_words) == ("closed_not_sent", "They read there")
    work()
    assert [entry["target"] for entry in sandbox.effects("message")] == ["C0SALES0001"]


def test_of_a_us_government_ticket_nothing_is_typed_and_no_customer_named(visit, dead, people):
    own = make_escalation(people["usgov"], instance="usgov", customer_name="Harbor Pilots")
    row = dead(escalation=own)
    page = elsewhere(visit("teamlead").open("/attention/"), row, **SALES)
    assert "Harbor" not in page.text and "#a_acme-internal" not in page.text and 'name="words"' not in page.html


def test_who_may_not_settle_is_not_let_in(visit, dead):
    row = dead()
    assert visit("engineer").open(f"/attention/{row.pk}/elsewhere/?target=C0SALES0001").status == 403


WHY = {"reason": "They read there"}


def again(page, form):
    return page._seen(page.client.post(form["action"], {**form["fields"], **WHY}, follow=True))


def test_pressed_twice_it_is_sent_once_and_the_page_stays_on_it(visit, dead):
    row = dead()
    page = elsewhere(visit("teamlead").open("/attention/"), row, **SALES)
    form = page.form("/elsewhere/")
    for _ in range(2):
        assert "1 delivery is on its way" in again(page, form).text
    assert Delivery.objects.count() == 2
    assert "1 delivery is on its way" in page.open(form["action"]).text


def test_pressed_twice_at_once_as_well(visit, dead, monkeypatch):
    row = dead()
    page = elsewhere(visit("teamlead").open("/attention/"), row, **SALES)
    form, first = page.form("/elsewhere/"), settling.redirect

    def both(delivery, **given):
        first(Delivery.objects.get(pk=delivery.pk), **given)
        return first(delivery, **given)

    monkeypatch.setattr(settling, "redirect", both)
    assert "1 delivery is on its way" in again(page, form).text
    assert page.status == 200 and "already has a delivery" not in page.text
    assert Delivery.objects.count() == 2


def test_what_was_settled_meanwhile_is_said_to_be(visit, dead, people):
    row = dead()
    page = elsewhere(visit("teamlead").open("/attention/"), row, **SALES)
    form = page.form("/elsewhere/")
    settling.close_not_sent([row], by=people["teamlead"], because="Not needed")
    again(page, form)
    assert (page.status, page.address) == (200, "/attention/") and "It was settled meanwhile." in page.text
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("values", [{"purpose": "notice"}, None])
def test_what_never_waits_on_the_page_is_not_there(visit, dead, values):
    number = dead(**values).pk if values else 999
    assert visit("teamlead").open(f"/attention/{number}/elsewhere/").status == 404

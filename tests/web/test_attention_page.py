"""The team lead's page without JavaScript: what stands there, how it is settled, and what others see of it."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine

from escalations.actions import undoing
from escalations.gateways.base import Deadline
from escalations.gateways.wiring import gateways
from escalations.models import Attempt, Delivery, Escalation
from escalations.models.facts import facts_as_json
from escalations.reading import lookups
from escalations.rules.facts import Facts
from tests.actions.factories import make_delivery, make_escalation
from tests.conftest import NOON

REASON = {"reason": "It is not needed any more"}


def elsewhere(page, row, **target):
    """The step of another place, as the page's form leads to it."""
    return page.open(f"{page.form(f'/{row.pk}/elsewhere/')['action']}?{urlencode(target)}")


def state_of(row) -> str:
    return Delivery.objects.get(pk=row.pk).state


def press(page, verdict, rows, **values):
    """The page's own form of the first row's group, with these rows ticked as they stood there."""
    form = page.form("/settle/")
    ticked = [re.search(rf'name="delivery" value="({row.pk}\b[^"]*)"', page.html)[1] for row in rows]
    data = {
        **form["fields"],
        "group": str(rows[0].pk) if rows else "",
        "delivery": ticked,
        "verdict": verdict,
        **values,
    }
    return page._seen(page.client.post(form["action"], data, follow=True))


def test_a_group_says_service_times_and_how_many(visit, stuck):
    for _ in range(3):
        stuck(mentions="Dana Reyes")
    page = visit("teamlead").open("/attention/")
    assert "3 deliveries" in page.text
    assert "Nobody can tell whether these arrived." in page.text
    assert "If the first arrived, Dana Reyes is told twice." in page.text
    assert page.html.count('type="checkbox"') == page.html.count(" checked") == 3


@pytest.mark.parametrize(
    ("ago", "says"),
    [(30, "the portal waits 60 s, until the first can arrive no more, and looks again"), (600, "the portal looks once more")],
)
def test_send_again_says_what_it_waits_for(visit, stuck, ago, says):
    with time_machine.travel(NOON, tick=False):
        row = stuck()
        Attempt.objects.create(delivery=row, n=1, worker="w1", started_at=NOON - timedelta(seconds=ago))
        assert says in visit("teamlead").open("/attention/").text


@pytest.mark.parametrize(
    ("verdict", "state", "after"),
    [
        ("arrived", "needs_a_person", "closed_sent"),
        ("not_arrived", "needs_a_person", "closed_not_sent"),
        ("again", "needs_a_person", "pending"),
        ("not_arrived", "dead", "closed_not_sent"),
        ("again", "dead", "pending"),
    ],
)
def test_each_button_does_what_it_says(visit, stuck, verdict, state, after):
    rows = [stuck(state), stuck(state)]
    page = press(visit("teamlead").open("/attention/"), verdict, rows, **REASON)
    assert [state_of(row) for row in rows] == [after, after]
    assert page.status == 200
    assert "2 deliveries" in page.text
    assert "Nothing needs you" in page.text
    assert Escalation.objects.get(pk=rows[0].escalation_id).deliveries.get().last_words == REASON["reason"]


def test_only_what_is_ticked_is_settled(visit, stuck):
    rows = [stuck() for _ in range(3)]
    press(visit("teamlead").open("/attention/"), "arrived", rows[1:], **REASON)
    assert [state_of(row) for row in rows] == ["needs_a_person", "closed_sent", "closed_sent"]


def test_one_goes_on_to_the_next_group(sign_in, stuck):
    first, second = stuck(trouble="late"), stuck("dead")  # the newest trouble stands first
    client = sign_in("teamlead")
    given = {"group": second.pk, "delivery": [f"{second.pk}:0"], "verdict": "not_arrived", **REASON}
    assert client.post("/attention/settle/", given)["Location"] == f"/attention/#cause-{first.pk}"


@pytest.mark.parametrize(
    ("given", "says"),
    [({}, "Choose why."), ({"reason": "other"}, "own words"), ({**REASON, "delivery": []}, "Tick at least one"),
     ({**REASON, "verdict": "x"}, "press one of the buttons"), ({**REASON, "delivery": ["x", "9" * 30, "1", "1:", ":1", "1:x"]}, "Tick at least one")],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_is_settled(visit, stuck, given, says):
    row = stuck()
    page = press(visit("teamlead").open("/attention/"), rows=[row], **{"verdict": "arrived", **given})
    assert page.status == 422
    assert says in page.text
    assert state_of(row) == "needs_a_person"


def test_what_was_settled_meanwhile_is_said(visit, stuck):
    rows = [stuck(), stuck()]
    page = visit("teamlead").open("/attention/")
    press(visit("teamlead").open("/attention/"), "arrived", rows[:1], **REASON)
    page = press(page, "not_arrived", rows, **REASON)
    assert "1 delivery closed: had not arrived. 1 could not be: it was moved meanwhile, or needs another button." in page.text
    assert [state_of(row) for row in rows] == ["closed_sent", "closed_not_sent"]


@pytest.mark.parametrize("verdict", ["arrived", "not_arrived", "again"])
def test_a_doubt_that_the_page_did_not_show_is_not_settled_by_it(visit, stuck, verdict):
    """Another team lead has sent it again meanwhile, and that attempt is in doubt as well."""
    row, page = stuck(tried=1, attempts=1), visit("teamlead").open("/attention/")
    Delivery.objects.filter(pk=row.pk).update(tried=2)
    page = press(page, verdict, [row], **REASON)
    assert state_of(row) == "needs_a_person"
    assert page.status == 200
    assert "Nothing was settled: what you ticked was moved meanwhile. Look at it as it is now." in page.text
    page = press(page, verdict, [row], **REASON)
    assert state_of(row) != "needs_a_person"


def test_what_stands_there_anew_is_not_ticked_when_the_form_comes_back(visit, stuck):
    rows = [stuck(tried=1), stuck(tried=1)]
    page = visit("teamlead").open("/attention/")
    Delivery.objects.filter(pk=rows[0].pk).update(tried=2)
    page = press(page, "arrived", rows)
    assert page.status == 422
    assert re.findall(r'name="delivery" value="([^"]*)"[^>]* checked', page.html) == [f"{rows[1].pk}:1"]


def withdrawn_meanwhile(people, row):
    undoing.withdraw(row.escalation, by=people["engineer"], because="Wrong account")


def test_what_is_withdrawn_is_looked_for_and_not_sent_again(visit, stuck, people, sandbox):
    row = stuck(tried=1, attempts=1, mentions="Dana Reyes")
    Attempt.objects.create(delivery=row, n=1, worker="w", started_at=NOON, ended_at=NOON, outcome="ambiguous")
    withdrawn_meanwhile(people, row)
    page = visit("teamlead").open("/attention/")
    assert "Send again" not in page.text and "told twice" not in page.text
    assert "Look until it is known It was withdrawn, so nothing is sent. What the portal finds is taken back." in page.text
    page = press(page, "again", [row], **REASON)
    assert state_of(row) == "uncertain"
    assert "1 delivery is on its way" in page.text and "checking whether it arrived" in page.text


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"remote_id": "C1:1.1"}, "Closed as sent, and taken back. This is final."),
        ({}, "Closed as sent. The portal does not know where it stands, so it is not taken back: look again first. This is final."),
    ],
)
def test_had_arrived_says_whether_what_is_withdrawn_is_taken_back(visit, stuck, people, values, says):
    row = stuck(tried=1, attempts=1, **values)
    withdrawn_meanwhile(people, row)
    page = visit("teamlead").open("/attention/")
    assert says in page.text
    press(page, "arrived", [row], **REASON)
    assert row.later.filter(purpose="withdrawal").exists() is bool(values)


def test_of_a_group_the_withdrawn_are_looked_for_and_the_others_sent_again(visit, stuck, people):
    rows = [stuck(), stuck(remote_id="C1:1.1")]
    withdrawn_meanwhile(people, rows[1])
    page = visit("teamlead").open("/attention/")
    assert "What was withdrawn is not sent: the portal looks for it, and takes back what it finds." in page.text
    assert "Closed as sent; nothing is sent. What was withdrawn is taken back. This is final." in page.text


def test_a_withdrawal_that_could_not_be_made_is_not_said_to_have_come_to_nothing(visit, stuck):
    stuck("dead", purpose="withdrawal", target="C1:1.1")
    page = visit("teamlead").open("/attention/")
    assert "This could not be taken back." in page.text
    assert "Close: not taken back What was sent stays where it is. This is final." in page.text
    assert "Nothing has arrived" not in page.text
    stuck("dead")
    page.open("/attention/")
    assert "Nothing has arrived and nothing is sent. What was to be taken back stays where it is. This is final." in page.text


def test_a_withdrawal_in_doubt_is_asked_about_in_its_own_words(visit, stuck):
    """Whether it is taken back, and not whether it arrived."""
    row = stuck(purpose="withdrawal", target="C1:1.1")
    page = visit("teamlead").open("/attention/")
    for said in (
        "Nobody can tell whether this was taken back.", "I looked: it is taken back", "I looked: it is not taken back",
        "It is taken back Closed as taken back; nothing is sent. This is final.",
        "It is not taken back: close Closed as not taken back; nothing is sent. What was sent stays where it is. This is final.",
        "Take back again If it is taken back already, it is taken back a second time.",
    ):  # fmt: skip
        assert said in page.text, said
    assert "had arrived" not in page.text and "Send again" not in page.text and "it is there" not in page.text
    page = press(page, "arrived", [row], reason="I looked: it is taken back")
    assert "1 delivery closed: taken back." in page.text and state_of(row) == "closed_sent"


def test_a_group_of_both_kinds_has_words_that_fit_both(visit, stuck):
    rows = [stuck(mentions="Dana Reyes"), stuck(purpose="withdrawal", target="C1:1.1")]
    page = visit("teamlead").open("/attention/")
    for said in (
        "Nobody can tell whether these arrived, or were taken back.", "I looked: it is done", "They had arrived, or are taken back",
        "Closed as sent, or as taken back; nothing is sent. This is final.", "They had not arrived, or are not taken back: close",
        "Closed as not sent, or as not taken back; nothing is sent. What was to be taken back stays where it is. This is final.",
        "Send or take back again If the first arrived, Dana Reyes is told twice, or it is taken back a second time.",
    ):  # fmt: skip
        assert said in page.text, said
    page = press(page, "not_arrived", rows, reason="I looked: it is not done")
    assert "2 deliveries closed: had not arrived, or not taken back." in page.text


def test_what_could_not_be_sent_and_what_not_taken_back_are_both_named(visit, stuck):
    stuck("dead", purpose="withdrawal", target="C1:1.1"), stuck("dead")
    text = visit("teamlead").open("/attention/").text
    assert "These could not be sent, or taken back." in text and "Close: not sent, or not taken back" in text and "Done in another way" in text


def test_a_look_for_a_withdrawal_says_whether_it_is_taken_back(visit, stuck):
    sent = stuck("delivered", remote_id="C0ACCTMGMT1:1.1", settled_at=NOON)
    row = stuck(purpose="withdrawal", target="C0ACCTMGMT1:1.1", origin=sent)
    page = visit("teamlead").open("/attention/").submit(f"/{row.pk}/look/")
    assert "looked in Slack just now: it is not taken back." in page.text
    assert "Looked whether it is taken back: it is not taken back, by Tom Okafor" in page.text


@pytest.mark.parametrize(("kind", "says"), [("", "it is not there"), ("503", "it could not be read")])
def test_look_again_says_what_it_read_and_moves_nothing(visit, stuck, sandbox, kind, says):
    row = stuck()
    if kind:
        sandbox.fault("slack", kind, match="conversations.history")
    page = visit("teamlead").open("/attention/").submit(f"/{row.pk}/look/")
    assert f"looked in Slack just now: {says}" in page.text
    assert "by Tom Okafor" in page.text
    assert state_of(row) == "needs_a_person"


def test_a_dead_letter_goes_to_another_channel_after_a_look(visit, stuck, work, sandbox):
    row = stuck("dead", target="C0ACCT0001", last_words="The channel is archived.")
    page = visit("teamlead").open("/attention/")
    assert "Send to #account-management" in page.text
    elsewhere(page, row, target="C0ACCTMGMT1")
    assert state_of(row) == "dead" and "What is sent to #account-management" in page.text
    page.submit(f"/{row.pk}/elsewhere/", reason="They read there")
    assert "is being sent to #account-management" in page.text
    work()
    assert [entry["target"] for entry in sandbox.effects("message")] == ["C0ACCTMGMT1"]
    page.open(row.escalation.get_absolute_url())
    assert "instead: #account-management" in page.text


def test_a_channel_that_has_it_already_is_not_offered(visit, stuck, people):
    row = stuck("dead", target="C0ACCT0001")
    make_delivery(people["engineer"], escalation=row.escalation, target="C0SALES0001")
    page = visit("teamlead").open("/attention/")
    assert "Send to #account-management" in page.text
    assert "Send to #sales" not in page.text
    elsewhere(page, row, target="C0SALES0001")
    assert page.status == 422
    assert state_of(row) == "dead"


OFF = {
    "withdrawn": {"withdrawn_at": NOON, "withdrawn_because": "Wrong account"}, "not_mine": {"follow_up": "not_mine"}, "closed": {"follow_up": "closed"},
}  # fmt: skip


@pytest.mark.parametrize("off", OFF)
@pytest.mark.parametrize("values", [{}, {"system": "zendesk"}])
def test_what_was_called_off_is_offered_no_other_place(visit, stuck, people, off, values):
    """Dead since before it was called off, as a version left it that did not ask."""
    row = stuck("dead", **values)
    page = visit("teamlead").open("/attention/")
    assert page.has_form(f"/{row.pk}/elsewhere/")
    withdrawn_by = {"withdrawn_by": people["engineer"]} if off == "withdrawn" else {}
    Escalation.objects.filter(pk=row.escalation_id).update(**OFF[off], **withdrawn_by)
    assert not page.open("/attention/").has_form(f"/{row.pk}/elsewhere/")


@pytest.fixture
def dead_note(people, stuck, sandbox):
    """The note of an escalation on ticket 1021, of Umber as the sandbox has it, that Zendesk refused."""
    seen = lookups.read_ticket(gateways(), "main", 1021, Deadline(9))
    escalation = make_escalation(people["engineer"], ticket_id=1021, facts=facts_as_json(Facts.of(seen)))
    words = "The ticket is closed and takes no notes."
    return stuck("dead", escalation=escalation, system="zendesk", target="main:1021", last_words=words)


def test_a_dead_note_goes_to_another_ticket_of_the_same_customer(visit, dead_note, work, sandbox):
    page = visit("teamlead").open("/attention/")
    elsewhere(page, dead_note, ticket="https://portal-demo.zendesk.com/agent/tickets/5001")
    assert "Nobody is put on that ticket." in page.text
    page.submit(f"/{dead_note.pk}/elsewhere/", reason="Its first place does not take it")
    assert "is being sent to ticket 5001" in page.text
    work()
    assert [entry["target"] for entry in sandbox.effects("note")] == [5001]
    assert state_of(dead_note) == "closed_not_sent"
    page.open(dead_note.escalation.get_absolute_url())
    assert "instead: ticket 5001" in page.text


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ("1001", "Ticket 1001 belongs to another organization, or to none"),
        ("1011", "Ticket 1011 belongs to another organization, or to none"),
        ("1019", "Ticket 1019 is closed as well"),
        ("1020", "Ticket 1020 could not be read, so nothing was sent"),
        ("1021", "Ticket 1021 is the one that did not take it"),
        ("99999999999", "Ticket 99999999999 could not be read"),
        ("https://portal-demo-usgov.zendesk.com/agent/tickets/5001", "the other Zendesk instance"),
        ("https://example.org/agent/tickets/5001", "That link leads to example.org"),
        ("the other one", "There is no ticket number in"),
        ("", "Paste the ticket's link or its number."),
    ],
)
def test_a_ticket_that_cannot_take_the_note_is_refused_and_loses_nothing(visit, dead_note, sandbox, pasted, says):
    page = visit("teamlead").open("/attention/")
    elsewhere(page, dead_note, ticket=pasted)
    assert (page.status, state_of(dead_note)) == (422, "dead")
    assert says in page.text
    assert page.form(f"/{dead_note.pk}/elsewhere/")["fields"]["ticket"] == pasted
    assert sandbox.effects("note") == []


@pytest.mark.parametrize("values", [{"system": "zendesk", "state": "needs_a_person"}, {"purpose": "withdrawal"}, {"state": "needs_a_person"}])
def test_what_cannot_go_elsewhere_is_not_offered(visit, stuck, values):
    stuck(**{"state": "dead", **values})
    assert "/elsewhere/" not in visit("teamlead").open("/attention/").html


def test_an_engineer_sees_their_own_and_settles_nothing(visit, stuck, people):
    mine, other = stuck(), stuck(escalation=make_escalation(people["teamlead"], ticket_id=4711))
    page = visit("engineer").open("/attention/")
    assert mine.escalation.reference in page.text
    assert other.escalation.reference not in page.text
    assert "A team lead settles these: Tom Okafor. They are told after 10 min; if it cannot wait, tell them" in page.text
    assert not page.has_form("/settle/") and not page.has_form("/look/")
    assert (
        page.client.post("/attention/settle/", {"delivery": [f"{mine.pk}:0"], "verdict": "arrived", **REASON}).status_code
        == 403
    )


@pytest.mark.parametrize(("username", "count"), [("engineer", 2), ("teamlead", 3), ("auditor", 0)])
def test_every_page_counts_what_needs_its_reader(visit, stuck, people, username, count):
    stuck(), stuck("dead"), stuck(escalation=make_escalation(people["teamlead"]))
    stuck(escalation=make_escalation(people["engineer"], sample=True))
    stuck(purpose="notice")
    assert f"Needs you {count} " in visit(username).open("/mapping/").text


def test_more_than_a_hundred_are_not_counted(visit, people, stuck):
    row = stuck()
    Delivery.objects.bulk_create(_copies(row, 120))
    assert "Needs you 99+ " in visit("engineer").open("/mapping/").text


def _copies(row, many):
    import uuid

    for n in range(many):
        yield Delivery(
            escalation=row.escalation, key=uuid.uuid4(), leg_key="slack", system="slack", purpose="post", target=f"C{n}",
            visibility="internal", content={}, due_at=NOON, state="needs_a_person",
        )  # fmt: skip


def test_the_customer_of_a_us_government_ticket_is_not_named(visit, stuck, people):
    stuck(escalation=make_escalation(people["usgov"], instance="usgov", customer_name="Harbor Pilots"))
    page = visit("teamlead").open("/attention/")
    assert "Harbor" not in page.text
    assert 'name="words"' not in page.html


@pytest.mark.parametrize(
    ("system", "target", "address"),
    [("slack", "C0ACCT0001", "/archives/C0ACCT0001"), ("slack", "C0ACCT0001:170.1", "/archives/C0ACCT0001/p1701"),
     ("zendesk", "main:1001", "/agent/tickets/1001"), ("slack", "group:U1,U2", ""), ("zendesk", "gone:1", "")],
)  # fmt: skip
def test_the_exact_place_is_one_click_away(visit, stuck, system, target, address):
    stuck(system=system, target=target)
    page = visit("teamlead").open("/attention/")
    assert (
        (f'{address}" target="_blank"' in page.html)
        if address
        else ('target="_blank" rel="noopener">Open' not in page.html)
    )


def test_the_page_asks_at_most_eight_times(sign_in, stuck, django_assert_max_num_queries):
    for n in range(30):
        stuck("dead" if n % 3 else "needs_a_person", target=f"C{n}")
    client = sign_in("teamlead")
    client.get("/attention/")
    with django_assert_max_num_queries(8):
        client.get("/attention/")

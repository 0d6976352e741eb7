"""Undo, Send now and Withdraw as somebody without JavaScript meets them."""

import pytest

from escalations.actions import moves
from escalations.models import Attempt, Delivery, Draft, Escalation
from tests.actions.factories import make_delivery, make_escalation
from tests.conftest import NOON

REASON = {"reason": "Wrong account"}


def its_page() -> str:
    """The address of the one escalation; PostgreSQL goes on counting where an earlier test ended."""
    return Escalation.objects.get().get_absolute_url()


@pytest.fixture
def held(visit, settings):
    """Ana's page right after Send, within the eight seconds."""
    settings.SEND_HOLD_SECONDS = 8.0
    page = visit("engineer").look_up("1001").send()
    assert page.address == its_page()
    return page


def test_the_hold_is_said_with_its_seconds_and_both_ways_out(held, work):
    assert "Nothing is sent yet. Sending in" in held.text
    assert held.has_form("/undo/")
    assert held.has_form("/send-now/")
    assert "Withdraw…" not in held.text
    assert work() == 0
    assert "Send was pressed by Ana Lima" in held.text and "sent by Ana Lima" not in held.text
    assert "Dana Reyes, CSM, will be told." in held.text and "Send was pressed: 2 deliveries, by mapping v" in held.text
    assert "Sent to the outbox" not in held.text


def test_while_nothing_leaves_nobody_is_asked(visit, settings):
    settings.SEND_HOLD_SECONDS = 8.0
    assert "Dana Reyes, CSM, will be asked: “" in visit("engineer").look_up("1001").choose("customer-asked").send().text


def test_undo_leads_back_to_the_draft_as_it_was(held, work, sandbox):
    held.submit("/undo/")
    assert held.address == Draft.objects.get(state__in=("open", "reviewed")).get_absolute_url()
    assert "Undone, nothing was sent. The draft is back as it was." in held.text
    assert held.can_send
    work()
    assert sandbox.ledger() == []
    held.open(its_page())
    assert "Cancelled" in held.text
    assert "cancelled before it was sent; Send was pressed by Ana Lima" in held.text
    assert not held.has_form("/undo/")


def test_undo_pressed_twice_leads_to_the_same_draft(held):
    form = held.form("/undo/")
    first = held.submit("/undo/").address
    held._seen(held.client.post(form["action"], form["fields"], follow=True))
    assert (held.status, held.address) == (200, first)
    assert "Undone already: nothing was sent." in held.text
    held.submit("/discard/")
    held._seen(held.client.post(form["action"], form["fields"], follow=True))
    assert (held.status, held.address) == (200, its_page())
    assert "Undone already: nothing was sent." in held.text


def test_undo_keeps_another_open_draft_and_says_so(held):
    form = held.form("/undo/")
    held.look_up("1001")
    other = held.address
    held._seen(held.client.post(form["action"], form["fields"], follow=True))
    assert held.address == other
    assert "You have another open draft of this ticket: here it is, as you left it." in held.text


def test_undo_takes_my_words_and_my_answer_along_to_the_other_draft(visit, settings):
    settings.SEND_HOLD_SECONDS = 8.0
    page = visit("engineer").look_up("1004")
    key = next(name for name in page.form("/situation/")["options"] if name.startswith("answer-"))
    page.submit("/situation/", **{key: "no"})
    page.submit("/words/", situation="Mine: the cluster is down.").send()
    form = page.form("/undo/")
    page.look_up("1004")
    assert "the cluster is down" not in page.form("/words/")["fields"]["situation"]
    page._seen(page.client.post(form["action"], form["fields"], follow=True))
    assert "here it is, with your answers and your words of what was undone; what it had of its own stays." in page.text
    assert page.form("/words/")["fields"]["situation"].strip() == "Mine: the cluster is down."
    assert page.form("/situation/")["fields"][key] == "no"


def test_undo_that_comes_too_late_is_a_409_with_the_way_on(held, work):
    form = held.form("/undo/")
    held.submit("/send-now/")
    work()
    held._seen(held.client.post(form["action"], form["fields"]))
    assert held.status == 409
    assert "Sending has begun. Withdraw it instead" in held.text
    assert f'href="{its_page()}withdraw/"' in held.html


def test_send_now_ends_the_hold(held, work):
    held.submit("/send-now/")
    assert "Nothing is sent yet" not in held.text
    assert work() == 2


@pytest.mark.parametrize("action", ["undo", "send-now"])
def test_only_the_author_undoes(held, visit, action):
    lead = visit("teamlead")
    lead.open(its_page())
    assert "Sending in" in lead.text
    assert not lead.has_form(f"/{action}/")
    assert lead.client.post(f"{its_page()}{action}/").status_code == 403
    assert "Withdraw…" in lead.text


@pytest.fixture
def delivered(visit, work):
    page = visit("engineer").look_up("1001").send()
    work()
    return page.open(its_page())


def test_withdraw_says_beforehand_what_it_does_and_what_it_cannot(delivered):
    delivered.open(f"{its_page()}withdraw/")
    for said in ("The message is replaced by one line", "Dana Reyes was notified and may have read it",
                 "A second internal note says", "Dana Reyes no longer follows the ticket",
                 "The first note stays in Zendesk", "Cannot be undone"):  # fmt: skip
        assert said in delivered.text, said


@pytest.fixture
def withdraw_page(visit, people):
    """`withdraw_page(row)`: what the page says would happen to this delivery."""
    return lambda row: visit("engineer").open(f"{row.escalation.get_absolute_url()}withdraw/").text


def test_only_what_cannot_have_arrived_is_said_not_to_have_been_sent(people, mapping, withdraw_page):
    row = make_delivery(people["engineer"], tried=2, attempts=0, due_at=NOON)
    Attempt.objects.create(delivery=row, n=1, worker="w", started_at=NOON, ended_at=NOON, outcome="not_sent")
    assert "It is cancelled: it has not been sent." in withdraw_page(row)
    Attempt.objects.create(delivery=row, n=2, worker="w", started_at=NOON, ended_at=NOON, outcome="ambiguous")
    text = withdraw_page(row)
    assert "As soon as it is known whether it arrived, it is taken back, or not sent again." in text
    assert "it has not been sent" not in text


@pytest.mark.parametrize(
    ("receipt", "says"),
    [
        ({}, "The portal does not know whether it was this note that put dana.reyes@example.com on the ticket as follower, and removes nobody."),
        ({"follower_added": True, "follower_was_there": False}, "and dana.reyes@example.com no longer follows the ticket"),
        ({"follower_added": True, "follower_was_there": True}, "and who followed the ticket before goes on following it"),
    ],
)  # fmt: skip
def test_a_withdrawal_says_what_becomes_of_the_follower_as_far_as_it_is_known(people, mapping, withdraw_page, receipt, says):
    content = {"body": "x", "follower": "dana.reyes@example.com", "email_cc": None}
    row = make_delivery(
        people["engineer"], "zendesk", state="closed_sent", settled_at=NOON, cc="follower", content=content, receipt=receipt
    )
    assert says in withdraw_page(row)


@pytest.mark.parametrize(("settled", "says"), [("closed_sent", "Withdrawn"), ("closed_not_sent", "Withdrawn, but not all of it was taken back")])
def test_what_was_not_taken_back_does_not_look_delivered_in_part(people, mapping, visit, settled, says):
    escalation = make_escalation(
        people["engineer"], withdrawn_at=NOON, withdrawn_by=people["engineer"], withdrawn_because="Wrong account", state="submitted"
    )
    sent = make_delivery(people["engineer"], escalation=escalation, state="delivered", remote_id="C1:1.1", settled_at=NOON)
    make_delivery(people["engineer"], escalation=escalation, purpose="withdrawal", origin=sent, target="C1:1.1", state=settled, settled_at=NOON)
    moves.follow(escalation)
    html = visit("engineer").open(escalation.get_absolute_url()).html
    assert f'<h2 id="deliveries-title">{says}</h2>' in html


def test_withdrawn_is_said_by_whom_when_and_why_and_each_legs_state(delivered, visit, work, sandbox):
    lead = visit("teamlead").open(f"{its_page()}withdraw/")
    lead.submit("/withdraw/", reason="other", words="Somebody else's ticket")
    assert lead.address == its_page()
    assert "by Tom Okafor: Somebody else's ticket" in lead.text
    assert "Being taken back" in lead.text
    work()
    lead.open(its_page())
    assert "taken back: in its place stands who withdrew it and why" in lead.text
    assert ", mentions Dana Reyes: delivered, and taken back" in lead.text and 'class="receipt" data-state="cancelled"' in lead.html
    assert "<em>Withdrawn" in lead.html, "as Slack shows it, without the signs that make it slanted"
    assert "Withdrawn: Somebody else's ticket Tom Okafor" in lead.text, "the time line names who it was"
    assert "Acme" in str(Escalation.objects.get().texts), "the record keeps what was sent"
    assert "Somebody else's ticket" in str(sandbox.ledger())


@pytest.mark.parametrize(
    ("given", "says"), [({}, "Choose why."), ({"reason": "other"}, "own words"), ({"reason": "x"}, "Choose")]
)
def test_a_withdrawal_needs_a_reason(delivered, given, says):
    delivered._seen(delivered.client.post(f"{its_page()}withdraw/", given))
    assert delivered.status == 422
    assert says in delivered.text
    assert Escalation.objects.get().withdrawn_at is None


def test_a_second_withdrawal_leads_to_what_the_first_one_did(delivered):
    for reason in ("Wrong account", "Wrong person"):
        answer = delivered.client.post(f"{its_page()}withdraw/", {"reason": reason})
        assert (answer.status_code, answer["Location"]) == (302, its_page())
    assert Escalation.objects.get().withdrawn_because == "Wrong account"
    assert delivered.client.get(f"{its_page()}withdraw/").status_code == 302


OWN = {"reason": "other", "words": "Acme asked us not to"}
KEPT = 'value="Acme asked us not to" readonly'


def test_own_words_that_come_after_somebody_elses_withdrawal_stand_there_to_copy(delivered, visit):
    lead, form = visit("teamlead").open(f"{its_page()}withdraw/"), {**OWN, "words": "Wrong customer"}
    lead._seen(lead.client.post(lead.address, form))
    again = lead.client.post(lead.address, form)  # pressed twice: nothing is lost
    assert (again.status_code, again["Location"]) == (302, its_page())
    page = visit("engineer")
    page._seen(page.client.post(f"{its_page()}withdraw/", {**OWN, "words": "  Acme asked\tus not to "}))
    assert page.status == 409 and KEPT in page.html and "In your own words" in page.text
    assert "It was withdrawn already Tom Okafor withdrew it: Wrong customer. Nothing was recorded. What you typed stands here, to copy:" in page.text
    assert Escalation.objects.get().withdrawn_because == "Wrong customer"


def test_own_words_where_nothing_is_left_to_withdraw_stand_there_to_copy(people, mapping, visit):
    row = make_delivery(people["engineer"], state="closed_not_sent", settled_at=NOON)
    page, address = visit("engineer"), f"{row.escalation.get_absolute_url()}withdraw/"
    page._seen(page.client.post(address, OWN))
    assert page.status == 409 and "There is nothing to withdraw" in page.text and KEPT in page.html
    page._seen(page.client.post(address, REASON))
    assert page.status == 409 and "What you typed" not in page.text


def test_a_colleague_cannot_withdraw(delivered, sign_in):
    client = sign_in("usgov")
    assert client.get(f"{its_page()}withdraw/").status_code == 403
    assert client.post(f"{its_page()}withdraw/", REASON).status_code == 403


def test_a_us_government_withdrawal_has_no_free_text(sign_in, people, mapping):
    row = make_delivery(people["usgov"], escalation=make_escalation(people["usgov"], instance="usgov"))
    address = f"{row.escalation.get_absolute_url()}withdraw/"
    client = sign_in("usgov")
    assert 'name="words"' not in client.get(address).content.decode()
    assert client.post(address, {"reason": "other", "words": "Harbor"}).status_code == 422
    assert client.post(address, {**REASON, "words": "Harbor"}).status_code == 302
    row.escalation.refresh_from_db()
    assert row.escalation.withdrawn_because == "Wrong account"


def test_a_sample_is_not_withdrawn(sign_in, people, mapping):
    escalation = make_escalation(people["engineer"], sample=True)
    make_delivery(people["engineer"], escalation=escalation, state="delivered", remote_id="C1:1", settled_at=NOON)
    client = sign_in("engineer")
    assert "Withdraw…" not in client.get(escalation.get_absolute_url()).content.decode()
    assert client.post(f"{escalation.get_absolute_url()}withdraw/", REASON).status_code == 409


def test_what_is_in_doubt_is_said_with_its_attempts_looks_and_next_look(visit, work, sandbox):
    sandbox.fault("slack", "reset_after", match="chat.postMessage", times=1)
    sandbox.fault("slack", "503", match="conversations.history")
    page = visit("engineer").look_up("1001").send()
    work()
    Delivery.objects.filter(state="uncertain").update(due_at=NOON)
    work()
    page.open(its_page())
    assert "next look in" in page.text
    assert "1 attempt and 1 look" in page.text
    assert "Looked whether it is there: it could not be read" in page.text


def test_the_only_attempt_is_shown_where_it_did_not_plainly_succeed(visit, work, sandbox):
    sandbox.fault("slack", "error", match="chat.postMessage", error="channel_not_found")
    page = visit("engineer").look_up("1001").send()
    work()
    page.open(its_page())
    assert "Attempt 1: refused for good" in page.text
    assert "Attempt 1: delivered" not in page.text, "the note's arrived at once, and its line says so"


def test_a_notice_is_one_line_of_the_time_line(visit, people, work):
    row = make_delivery(people["engineer"], "zendesk", target="main:1019")  # a closed ticket
    page = visit("engineer")
    work()
    page.open(row.escalation.get_absolute_url())
    assert "Ana Lima was told by direct message" in page.text
    assert page.html.count('class="receipt"') == 1


def test_what_was_not_sent_is_marked_and_whom_a_mail_told_stands_by_name(visit, work, sandbox):
    sandbox.fault("slack", "error", match="chat.postMessage", error="channel_not_found")
    page = visit("engineer").look_up("1001").send()
    work()
    page.open(its_page())
    assert "Not everything arrived as it should. Until a team lead has settled it, tell Dana Reyes in another way" in page.text
    assert page.html.count(">not sent<") == 1
    assert "Ana Lima was told by e-mail" in page.text

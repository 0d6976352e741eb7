"""Nobody is told twice by accident: what is open stands before the button, and a thread can be gone on with."""

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from escalations.models import Delivery, Draft, Escalation
from tests.actions.factories import make_delivery, make_escalation
from tests.conftest import NOON
from tests.web.test_corrections import JOEL
from tests.web.test_corrections import record as say

DANA = "dana.reyes@example.com"


def part(seen, name: str) -> str:
    return seen.html.split(f'id="{name}"')[1].split('id="legs"')[0] if f'id="{name}"' in seen.html else ""


def test_nothing_stands_there_when_nobody_was_told(visit):
    assert not part(visit().look_up("1001"), "told")


def test_what_was_sent_about_the_ticket_stands_before_the_button(sent, visit):
    seen = visit("teamlead").look_up("1001")
    told = part(seen, "told")
    assert f"{sent.reference}, Dana Reyes, by Ana Lima" in told
    assert "Waiting for Dana Reyes until" in told
    assert "<strong>Dana Reyes</strong> was told once today (UTC) already." in told


SAID = {
    "acknowledged": ({}, "“I have it”, says Dana Reyes, recorded by Ana Lima"),
    "not-mine": ({"reason": "Moved to another team or role", "right": "unknown"}, "“Not mine”, says Dana Reyes, recorded by Ana Lima"),
    "close": ({"disposition": "done"}, "Closed: done, recorded by Ana Lima"),
}


@pytest.mark.parametrize("what", SAID)
def test_and_its_situation_its_time_and_what_became_of_it(sent, visit, what):
    page, (values, says) = visit(), SAID[what]
    page.open(f"{sent.get_absolute_url()}{what}/")
    page._seen(page.client.post(page.address, {**page.forms[-1]["fields"], **values}, follow=True))
    told = re.sub(r"<[^>]+>", "", part(visit("teamlead").look_up("1001"), "told"))
    assert f"The customer asked for an escalation, {sent.submitted_at:%d %b, %H:%M UTC}. {says}" in told
    assert "Waiting for" not in told


def test_what_is_only_scheduled_is_no_telling_before(visit, people):
    row = make_escalation(people["engineer"], contact_name="Dana Reyes", contact_email="dana.reyes@example.com")
    make_delivery(people["engineer"], escalation=row)
    told = part(visit().look_up("1001"), "told")
    assert "To be told:" in told and "Told before" not in told


def test_open_ones_of_the_customer_and_how_often_the_person_was_told_today(visit, people):
    account = visit().look_up("1001") and Draft.objects.get().snapshots.get(key="account").value
    to_dana = {"contact_name": "Dana Reyes", "contact_email": account["csm"]["email"], "submitted_at": timezone.now()}

    def told(ticket, **values):
        row = make_escalation(people["engineer"], ticket_id=ticket, **{"account_id": account["id"], **to_dana, **values})
        state = values.get("state", "delivered")
        named = "" if ticket == 82 else "Dana Reyes"  # a note that mentioned nobody
        values = {"settled_at": timezone.now(), "remote_id": f"C0:{ticket}", "key": uuid.uuid4(), "mentions": named}
        make_delivery(people["engineer"], escalation=row, state=state, **values)
        return row

    open_one = told(77)
    told(78, follow_up="closed"), told(79, account_id="other"), told(80, sample=True), told(81, state="cancelled"), told(82, account_id="other")
    told = part(visit().look_up("1001"), "told")
    assert told.count("Open for this customer:") == 1 and open_one.reference in told and "on ticket 77" in told
    assert "was told 3 times today (UTC) already" in told


def sent_without_salesforce(visit, work, sandbox, username, ticket) -> Escalation:
    sandbox.fault("salesforce", "503")
    visit(username).look_up(ticket).choose("customer-asked").send()
    work()
    sandbox.session.delete(f"{sandbox.base}/control/faults", timeout=5)
    return Escalation.objects.get()


def test_what_was_sent_while_salesforce_was_down_is_of_its_customer_all_the_same(visit, work, sandbox):
    row = sent_without_salesforce(visit, work, sandbox, "engineer", "1021")
    told = part(visit().look_up("5001").choose("customer-asked"), "told")
    assert "Open for this customer:" in told and f"{row.reference}, nobody by name, on ticket 1021" in told


def test_and_of_a_us_government_ticket_the_account_is_all_that_is_kept_of_it(visit, work, sandbox):
    address = "https://portal-demo-usgov.zendesk.com/agent/tickets/7001"
    row = sent_without_salesforce(visit, work, sandbox, "usgov", address)
    visit("usgov").look_up(address)
    account = Draft.objects.get(state__in=("open", "reviewed")).snapshots.get(key="account").value
    assert (row.account_id, row.customer_name) == (account["id"], "")


@pytest.mark.parametrize(("follow_up", "stands"), [
    ("awaiting_reply", True), ("overdue", True), ("acknowledged", True), ("none", False), ("not_mine", False), ("closed", False),
])  # fmt: skip
def test_what_is_open_for_the_customer_stands_there_however_long_ago_it_was_sent(visit, people, follow_up, stands):
    account = visit().look_up("1001") and Draft.objects.get().snapshots.get(key="account").value
    at = timezone.now() - timedelta(days=40)
    row = make_escalation(
        people["engineer"], ticket_id=77, account_id=account["id"], contact_name="Dana Reyes", contact_email=DANA, submitted_at=at,
        follow_up=follow_up, state="completed",
    )  # fmt: skip
    make_delivery(people["engineer"], escalation=row, state="delivered", settled_at=at, remote_id="C0:77", mentions="Dana Reyes")
    assert (f"Open for this customer:</strong> <a href=\"{row.get_absolute_url()}\"" in visit().look_up("1001").html) == stands


def test_what_waits_for_an_answer_comes_before_what_was_only_told_since(visit, people):
    account = visit().look_up("1001") and Draft.objects.get().snapshots.get(key="account").value
    for ticket in range(77, 82):
        values = {"ticket_id": ticket, "account_id": account["id"], "submitted_at": timezone.now() - timedelta(days=81 - ticket)}
        row = make_escalation(people["engineer"], **values, follow_up="overdue" if ticket == 77 else "none", state="completed")
        make_delivery(people["engineer"], escalation=row, state="delivered", settled_at=timezone.now(), remote_id=f"C0:{ticket}")
    told = part(visit().look_up("1001"), "told")
    assert re.findall(r"on ticket (\d+)", told) == ["77", "81", "80"]


def test_what_has_been_open_since_another_year_names_it(visit, people):
    account = visit().look_up("1001") and Draft.objects.get().snapshots.get(key="account").value
    at = timezone.now() - timedelta(days=400)
    row = make_escalation(
        people["engineer"], ticket_id=77, account_id=account["id"], contact_name="Dana Reyes", contact_email=DANA, submitted_at=at,
        day=at.date(), answer_on=at.date(), overdue_at=at, follow_up="overdue", state="completed",
    )  # fmt: skip
    make_delivery(people["engineer"], escalation=row, state="delivered", settled_at=at, remote_id="C0:77", mentions="Dana Reyes")
    told = part(visit().look_up("1001"), "told")
    assert f"by Ana Lima on {at.day} {at:%B} {at.year}" in told and f"Overdue since {at:%A} {at.day} {at:%B} {at.year}: Dana Reyes" in told


def arrived(people, ticket, at, **values):
    """Dana was mentioned about that ticket, and it arrived at that instant."""
    told = {"ticket_id": ticket, "contact_name": "Dana Reyes", "contact_email": DANA, "submitted_at": timezone.now(), **values}
    row = make_escalation(people["engineer"], **told)
    make_delivery(people["engineer"], escalation=row, state="delivered", settled_at=at, remote_id=f"C0:{ticket}", mentions="Dana Reyes")


def test_capital_letters_in_an_address_make_nobody_else_of_them(visit, people):
    for ticket, address in ((77, DANA), (78, "Dana.Reyes@Example.com")):
        arrived(people, ticket, timezone.now(), contact_email=address)
    assert "<strong>Dana Reyes</strong> was told 2 times today (UTC) already." in part(visit().look_up("1001"), "told")


def test_the_other_zendesk_counts_and_says_nothing_of_its_ticket(visit, people):
    """It is the same person who is told too often. Of the US Government ticket there is a number, and nothing else."""
    account = visit().look_up("1001") and Draft.objects.get().snapshots.get(key="account").value
    arrived(people, 7001, timezone.now(), instance="usgov", account_id=account["id"], follow_up="awaiting_reply", state="completed")
    arrived(people, 1001, timezone.now(), instance="usgov", account_id=account["id"], follow_up="awaiting_reply", state="completed")
    told = part(visit().look_up("1001"), "told")
    assert "<strong>Dana Reyes</strong> was told 2 times today (UTC) already." in told
    assert "ESC-" not in told and "7001" not in told and "Open for this customer" not in told and "Told before" not in told


def test_what_waited_for_the_morning_counts_on_the_day_on_which_it_arrived(visit, people):
    now = timezone.now()
    arrived(people, 77, now, submitted_at=now - timedelta(days=2))
    assert "<strong>Dana Reyes</strong> was told once today (UTC) already." in part(visit().look_up("1001"), "told")


def test_what_arrived_on_another_day_or_waits_for_one_does_not_count(visit, people):
    now = timezone.now()
    arrived(people, 77, now - timedelta(days=1))
    row = make_escalation(people["engineer"], ticket_id=78, contact_name="Dana Reyes", contact_email=DANA, submitted_at=now)
    make_delivery(people["engineer"], escalation=row, due_at=now + timedelta(days=1), mentions="Dana Reyes")
    assert "(UTC) already" not in part(visit().look_up("1001"), "told")


@pytest.mark.parametrize("ticket", [1001, 77])
def test_what_was_withdrawn_was_told_all_the_same_and_is_not_open(visit, people, ticket):
    """Taken back in Slack or not, it has pinged them; on whichever ticket it was."""
    account = visit().look_up("1001") and Draft.objects.get().snapshots.get(key="account").value
    taken_back = {"withdrawn_at": timezone.now(), "withdrawn_by": people["engineer"], "withdrawn_because": "Wrong account"}
    arrived(people, ticket, timezone.now(), account_id=account["id"], follow_up="awaiting_reply", state="completed", **taken_back)
    told = part(visit().look_up("1001"), "told")
    assert "<strong>Dana Reyes</strong> was told once today (UTC) already." in told and "Open for this customer" not in told


def test_who_stands_in_was_told_today_as_well(visit, people, work):
    visit().look_up("1002").choose("customer-asked").send()  # Joel, about Borealis
    work()
    say(people["engineer"], instead="person", use_email=JOEL, use_name="Joel Sandberg")
    seen = visit().look_up("1001")  # Acme, where Joel stands in for Dana
    assert "mentions Joel Sandberg" in seen.text
    assert "Joel Sandberg was told once today (UTC) already" in seen.text


def test_what_waits_to_be_sent_was_told_to_nobody_yet(sent, visit, settings, work):
    settings.SEND_HOLD_SECONDS = 30
    visit().look_up("1001").choose("emergency").send()
    told = part(visit("teamlead").look_up("1001"), "told")
    assert "<strong>Dana Reyes</strong> was told once today (UTC) already." in told
    assert "1 more message to Dana Reyes is waiting to be sent." in told


@pytest.mark.parametrize(("state", "says"), [
    ("pending", "2 messages to Dana Reyes are waiting to be sent."),
    ("uncertain", "2 messages to Dana Reyes may have arrived: nobody can tell yet."),
])  # fmt: skip
def test_what_has_not_arrived_is_said_without_a_told(visit, people, state, says):
    for ticket in (77, 78):
        row = make_escalation(people["engineer"], ticket_id=ticket, contact_name="Dana Reyes", contact_email=DANA, submitted_at=timezone.now())
        make_delivery(people["engineer"], escalation=row, state=state, mentions="Dana Reyes", key=uuid.uuid4())
    told = part(visit().look_up("1001"), "told")
    assert says in told and "(UTC) already" not in told


def test_a_note_goes_into_the_same_thread_and_mentions_nobody(sent, visit, work, sandbox):
    seen = visit().look_up("1001").choose("emergency")
    seen.submit("/thread/", how="note")
    assert "mentions nobody" in seen.text and "mentions Dana Reyes" not in seen.text
    seen.send()
    work()
    first, second = sandbox.effects("message")
    assert second["thread_ts"] and "<@U0DANAREYES>" not in str(second)
    newest = Escalation.objects.order_by("pk").last()
    assert f"The thread of {sent.reference}. Add a note (chosen by the engineer)" in [step["text"] for step in newest.explanation]
    assert newest.follow_up == "none"


def test_now_i_need_something_mentions_and_asks_in_the_same_thread(sent, visit, work, sandbox):
    seen = visit().look_up("1001").choose("emergency")
    seen.submit("/thread/", how="ask").send()
    work()
    second = sandbox.effects("message")[1]
    assert second["thread_ts"] and "<@U0DANAREYES>" in str(second) and "Please answer in this thread by" in str(second)
    assert Escalation.objects.order_by("pk").last().follow_up == "awaiting_reply"


def test_the_words_are_open_where_something_is_needed_and_the_box_of_the_ask_has_the_focus(sent, visit):
    seen = visit().look_up("1001").choose("emergency")
    assert 'id="words">' in seen.html and "As this situation says: Dana Reyes is mentioned once more" in seen.text
    answer = seen.client.post(f"{seen.address}thread/", {"how": "ask"}, headers={"HX-Request": "true"}).content.decode()
    assert re.search(r'<textarea id="id_ask"[^>]* autofocus', answer) and answer.count("autofocus") == 1
    assert "Write what you need: you are in the box of the ask." in answer
    seen.open(seen.address)
    assert 'id="words" open>' in seen.html and "autofocus" not in part(seen, "words").split('id="send"')[0]
    assert 'id="words">' in seen.submit("/thread/", how="note").html
    assert "As this situation says: Dana Reyes is mentioned once more" in seen.text, "whatever is chosen"


def test_it_can_be_taken_back(sent, visit):
    seen = visit().look_up("1001").choose("emergency").submit("/thread/", how="note").submit("/thread/", how="")
    assert "mentions Dana Reyes" in seen.text
    assert Draft.objects.get(state__in=("open", "reviewed")).answers == {}


def test_without_a_thread_nothing_is_offered(visit, people, sent):
    seen = visit().look_up("1004")
    assert not seen.has_form("/thread/")


def test_a_second_reason_is_a_tick(visit, work, sandbox):
    """Ticket 1022 is urgent, and an escalation was asked for: two reasons, one message."""
    seen = visit().look_up("1022").choose("emergency")
    assert "Another reason for the same Customer Success Manager?" in seen.text
    seen.submit("/situation/", scenario="emergency", also=["customer-asked"])
    assert 'id="also-customer-asked" name="also" value="customer-asked" checked' in seen.html
    seen.send()
    work()
    [message] = sandbox.effects("message")
    assert str(message["blocks"]).count("<@U0") == 2, "the person and the author"
    assert "has an emergency" in str(message) and "by" in str(message)
    assert Escalation.objects.get().follow_up == "awaiting_reply"
    head = "Make the CSM aware of an emergency or a high-priority ticket; The customer asked for an escalation, sent by Ana Lima"
    assert head in seen.open(Escalation.objects.get().get_absolute_url()).text


def test_a_second_reason_that_is_not_meant_for_the_ticket_says_so(visit):
    """As the row's own card does, also where that card is the one of another role."""
    seen = visit().look_up("1001").choose("emergency")
    ticks = {key: " ".join(re.sub(r"<[^>]+>", " ", text).split()) for key, text in re.findall(r'id="also-([\w-]+)"[^>]*>(.*?)</label>', seen.html, re.S)}
    assert ticks["csm-add-to-organization"] == "Add a customer to an organization The row is meant for Needs Org; this ticket is in Self-Managed"
    assert ticks["customer-asked"] == "The customer asked for an escalation"


def test_ticks_are_taken_back_and_other_roles_do_not_count(visit):
    seen = visit().look_up("1022").choose("emergency")
    seen.submit("/situation/", scenario="emergency", also=["customer-asked", "professional-services", "x,y\x00"])
    assert "Please" in seen.text
    seen.submit("/situation/", scenario="emergency", also=[])
    assert "No action asked" in seen.text


def test_of_us_government_tickets_no_name_of_a_customer_stands_there(visit, people):
    seen = visit("usgov").look_up("https://portal-demo-usgov.zendesk.com/agent/tickets/7001")
    account = Draft.objects.get().snapshots.get(key="account").value["id"]
    row = make_escalation(
        people["usgov"], instance="usgov", ticket_id=7002, account_id=account, customer_name="Harbor Point", contact_name="Dana Reyes",
        submitted_at=timezone.now(),
    )  # fmt: skip
    make_delivery(people["usgov"], escalation=row, state="delivered", settled_at=NOON, remote_id="C0:1")
    told = part(seen.look_up("https://portal-demo-usgov.zendesk.com/agent/tickets/7001"), "told")
    assert "on ticket 7002" in told and "Harbor" not in told


def test_a_direct_message_is_gone_on_with_as_a_thread_too(visit, work, sandbox):
    """Ticket 1004's customer has no channel: Dana was told by direct message, and reads the rest in its thread."""
    seen = visit().look_up("1004").choose("emergency")
    seen.send()
    work()
    seen = visit().look_up("1004").choose("emergency")
    assert "Go on with your direct message to Dana Reyes" in seen.text
    seen.submit("/thread/", how="note").send()
    work()
    first, second = Delivery.objects.filter(system="slack").order_by("pk")
    assert (second.state, second.target) == ("delivered", first.remote_id)
    second = sandbox.effects("message")[1]
    assert second["thread_ts"] == first.remote_id.split(":")[1]
    assert "<@U0DANAREYES>" not in str(second)


def test_a_colleague_writes_a_direct_message_of_their_own(visit, work, sandbox):
    seen = visit().look_up("1004").choose("emergency")
    seen.send()
    work()
    seen = visit("teamlead").look_up("1004").choose("emergency")
    assert not seen.has_form("/thread/") and "and you a direct message" in seen.text

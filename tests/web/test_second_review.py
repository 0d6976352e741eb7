"""What a second hostile review found, each as a test of its own."""

from contextlib import suppress
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from slack_sdk import WebClient

from escalations.actions import delivery, snapshots
from escalations.models import Attempt, Correction, Draft, Escalation
from escalations.rules.tickets import NotATicket, read_ticket
from escalations.web import looking
from tests.actions.factories import make_delivery, make_escalation
from tests.conftest import NOON
from tests.web.test_corrections import DANA, JOEL, SAID, record


def test_whom_a_correction_names_a_moment_before_send_is_looked_up_before_they_are_told(visit, people, sandbox, work):
    """After the 409 the page offers Send at once, for somebody whom nobody has asked Slack or Zendesk for."""
    page = visit().look_up("1001")
    record(people["teamlead"], instead="person", use_email=JOEL, use_name="Joel Sandberg")
    page.send()
    assert page.status == 409
    if page.can_send:
        page.send()
    work()
    [message] = sandbox.effects("message")
    assert "Joel Sandberg" in [person["name"] for person in message["mentions"]], page.text


def test_a_correction_counts_although_another_tab_looks_again_during_send(visit, people, sandbox, monkeypatch):
    page = visit().look_up("1001")
    record(people["teamlead"])
    before = looking.corrections_as_a_fact

    def as_a_fact(*args, **options):
        snapshots.begin_look_up(Draft.objects.get(), now=timezone.now())
        return before(*args, **options)

    monkeypatch.setattr(looking, "corrections_as_a_fact", as_a_fact)
    page.send()
    assert page.status == 409, Escalation.objects.get().contact_name


def test_words_of_two_drafts_are_both_kept_over_an_expired_sign_in(visit, people):
    page = visit()
    drafts = []
    for ticket in ("1001", "1003"):
        page.look_up(ticket)
        drafts.append((Draft.objects.latest("created_at"), page.form("/words/")))
    page.client.logout()
    for draft, form in drafts:
        page.client.post(form["action"], {**form["fields"], "told": f"Told of {draft.ticket_id}"})
    page.client.force_login(people["engineer"])
    for draft, _ in drafts:
        page.open(draft.get_absolute_url())
    told = {draft.ticket_id: Draft.objects.get(pk=draft.pk).edits.get("told") for draft, _ in drafts}
    assert told == {draft.ticket_id: f"Told of {draft.ticket_id}" for draft, _ in drafts}


def test_free_text_typed_on_a_us_government_draft_is_not_shown_to_who_may_not_open_it(visit):
    page = visit("usgov").look_up("https://portal-demo-usgov.zendesk.com/agent/tickets/7001")
    draft = Draft.objects.get()
    page.open(f"/corrections/new/?draft={draft.pk}")
    fields = page.forms[-1]["fields"]
    given = {
        **fields,
        "about": "whoever",
        "instead": "nobody",
        "reason": "Their enclave NORTHSTAR is down",
        "said_by": "Rin of NORTHSTAR",
    }
    page.client.post(f"/corrections/new/?draft={draft.pk}", given, follow=True)
    assert Correction.objects.count() == 1
    assert "NORTHSTAR" not in visit("engineer").open("/corrections/").text


def test_an_address_longer_than_its_column_is_refused_not_a_500(visit):
    page = visit()
    given = {"email": f"{'a' * 280}@example.com", "account": "", "instead": "nobody", "role": "", **SAID}
    page._seen(page.client.post("/corrections/new/", given))
    assert page.status == 422
    assert not Correction.objects.exists()


def test_a_message_does_not_say_that_somebody_stands_in_who_was_passed_over_too(visit, people, sandbox, work):
    """Omar is told; the message to him says that Joel stands in for Dana."""
    record(people["engineer"], instead="person", use_email=JOEL, use_name="Joel Sandberg")
    record(people["engineer"], account_id="", email=JOEL, name="Joel Sandberg", instead="next_step")
    page = visit().look_up("1001")
    assert "mentions Omar Haddad" in page.text
    page.send()
    work()
    [message] = sandbox.effects("message")
    assert "stood in for by Joel" not in f"{message['text']} {message['blocks']}"


def test_nobody_was_found_is_not_said_where_somebody_said_that_nobody_is_to_be_told(visit, people):
    record(people["engineer"], email="", name="", instead="nobody")
    page = visit().look_up("1001")
    assert "Nobody was found" not in page.text
    assert "Nobody was found" not in page.send().text


def test_nobody_was_found_is_not_said_where_nobody_could_be_looked_up(visit, sandbox):
    sandbox.fault("salesforce", "503")
    page = visit().look_up("1001").choose("customer-asked")
    assert "Nobody could be looked up" in page.text and "Nobody was found" not in page.text


def test_two_roles_in_which_two_people_cover_each_other_are_no_circle(visit, people):
    record(
        people["engineer"], account_id="", role_key="csm", instead="person", use_email=JOEL, use_name="Joel Sandberg"
    )
    page = visit()
    given = {"email": JOEL, "account": "", "instead": "person", "use_email": DANA, "role": "ao", **SAID}
    page._seen(page.client.post("/corrections/new/", given, follow=True))
    assert page.status == 200, page.text


def test_a_circle_through_what_was_said_of_one_account_is_refused(visit, people):
    record(people["engineer"], email=JOEL, name="Joel Sandberg", instead="person", use_email=DANA, use_name="Dana Reyes")
    page = visit()
    given = {"email": DANA, "account": "", "instead": "person", "use_email": JOEL, "role": "", **SAID}
    page._seen(page.client.post("/corrections/new/", given))
    assert "would lead in a circle" in page.text and Correction.objects.count() == 1


def test_a_guest_of_the_workspace_is_no_colleague(visit, monkeypatch):
    """Slack finds guests and people of other companies by address as well; a direct message would show them the customer."""
    before = WebClient.users_lookupByEmail

    def lookup(self, *, email, **more):
        answer = before(self, email=email, **more)
        if email == JOEL:
            answer.data["user"].update(is_restricted=True, is_ultra_restricted=True, is_stranger=True)
        return answer

    monkeypatch.setattr(WebClient, "users_lookupByEmail", lookup)
    page = visit()
    given = {"email": DANA, "account": "", "instead": "person", "use_email": JOEL, "role": "", **SAID}
    page._seen(page.client.post("/corrections/new/", given))
    assert page.status == 422
    assert not Correction.objects.exists()


def test_of_what_was_withdrawn_nobody_is_asked_to_tell_it_by_hand(visit, people):
    escalation = make_escalation(
        people["engineer"], state="attention", contact_name="Dana Reyes", withdrawn_at=NOON, withdrawn_by=people["engineer"],
        withdrawn_because="Wrong account",
    )  # fmt: skip
    make_delivery(people["engineer"], escalation=escalation, state="needs_a_person")
    page = visit().open(escalation.get_absolute_url())
    assert "Withdrawn" in page.text
    assert "tell Dana Reyes in another way" not in page.text


def test_the_steps_say_the_new_place_after_the_portal_has_joined(visit, sandbox):
    page = visit().look_up("1002")
    form = page.form("/join/")
    answer = page.client.post(form["action"], form["fields"], headers={"HX-Request": "true"}).content.decode()
    assert "Send to Joel Sandberg in #a_borealis-internal" in answer
    assert 'id="how-found"' in answer, (
        "the page goes on saying that the portal is not a member, and names the old place"
    )


def test_refusals_are_counted_also_where_something_free_came_in_between(mapping, people):
    row = make_delivery(people["engineer"], "zendesk", state="sending", claimed_by="w1", attempts=5, tried=9)
    for n, outcome in enumerate(["refused"] * 4 + ["not_sent"] * 4, 1):
        Attempt.objects.create(delivery=row, n=n, worker="w1", started_at=NOON, ended_at=NOON, outcome=outcome)
    Attempt.objects.create(delivery=row, n=9, worker="w1", started_at=NOON)
    assert delivery._refusals(row) == 5, "four 429s, which cost no attempt, hide the refusals before them"


def test_a_correction_posted_after_the_sign_in_expired_leads_back_to_its_form(visit):
    page = visit().look_up("1001")
    address = f"/corrections/new/?draft={Draft.objects.get().pk}"
    page.client.logout()
    answer = page.client.post(address, {"about": DANA, "instead": "nobody", "role": "", **SAID})
    back = unquote(answer["Location"].partition("next=")[2])
    assert back.startswith("/corrections/new/"), f"what was typed is gone, and the page after the sign-in is {back}"


def test_a_correction_pressed_twice_is_recorded_once(visit):
    page = visit()
    given = {"email": DANA, "account": "", "instead": "nobody", "role": "", **SAID}
    for _ in range(2):
        page.client.post("/corrections/new/", given)
    assert Correction.objects.count() == 1


@pytest.mark.parametrize(
    "line",
    ["They request 3 more seats, see 482913", "In case 2 nodes fail: 482913", "Request 2 of the customer, 482913"],
)
def test_a_number_after_an_ordinary_word_is_not_taken_for_the_ticket(line):
    """With two numbers in a line people are asked, or 482913 is found; ticket 3 is another customer's."""
    with suppress(NotATicket):
        assert read_ticket(line, {"portal-demo.zendesk.com": "main"}).id == 482913


def test_nobody_who_is_not_signed_in_fills_the_table_of_sessions(client, mapping):
    for _ in range(3):
        client.cookies.clear()
        client.post(f"/drafts/{uuid4()}/words/", {"situation": "x" * 5000})
    assert not Session.objects.exists(), "drafts that nobody has, and words that nobody can come back for"

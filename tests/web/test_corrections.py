"""Corrections and cover, from what somebody said to the next search: recorded, explained, refused when they cannot be, taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escalations.actions import corrections
from escalations.models import AuditEvent, Correction, Draft, Escalation
from escalations.models.facts import facts_from_json
from escalations.rules.calendar import spoken_day
from escalations.rules.contacts import find_contact
from escalations.rules.default_mapping import DEFAULT_MAPPING
from tests.actions.factories import make_escalation

ACME = "0015e0000000001AAA"
DANA, JOEL, OMAR = "dana.reyes@example.com", "joel.sandberg@example.com", "omar.haddad@example.com"
SAID = {"reason": "Wrong team", "said_by": "Dana Reyes"}


def record(by, **values) -> Correction:
    """Dana is not told about Acme, unless something else is said."""
    given = {
        "account_id": ACME, "email": DANA, "name": "Dana Reyes", "instead": "next_step", "valid_from": timezone.now().date(), **SAID,
        **values,
    }  # fmt: skip
    return corrections.record(Correction(**given), by=by, now=timezone.now())


def correct(page, **values):
    """From the review of a draft: the form, filled in and sent."""
    draft = Draft.objects.latest("created_at")
    page.open(f"/corrections/new/?draft={draft.pk}")
    form = page.forms[-1]
    return page._seen(page.client.post(page.response.request["PATH_INFO"] + f"?draft={draft.pk}", {**form["fields"], **SAID, **values}, follow=True))


def test_from_the_review_to_another_person(visit, work, sandbox):
    page = visit().look_up("1001")
    assert "Is this the wrong person?" in page.text
    page = correct(page, about=DANA, instead="person", use_email=JOEL.upper())
    assert page.address.startswith("/drafts/")
    assert f"{Correction.objects.get().reference} is recorded. It counts from now on." in page.text
    assert "mentions Joel Sandberg" in page.text
    assert "Dana Reyes is stood in for by Joel Sandberg about this account (Wrong team, says Dana Reyes)" in page.text
    page.send()
    work()
    [message] = sandbox.effects("message")
    assert [person["name"] for person in message["mentions"]] == ["Joel Sandberg", "Ana Lima"]


def test_an_open_draft_looks_again_by_itself_when_something_was_said_since(visit, people, client):
    page = visit().look_up("1001")
    assert page.can_send
    said = record(people["teamlead"], instead="person", use_email=JOEL, use_name="Joel Sandberg")
    page.open(page.address)
    assert not page.can_send and "somebody has said since who is to be told here; looking…" in page.text
    page.submit("/look-up/people/")
    assert page.can_send and "mentions Joel Sandberg" in page.text and "looking…" not in page.text
    corrections.end(said, by=people["teamlead"], now=timezone.now())
    page.open(page.address)
    assert not page.can_send and "looking…" in page.text, "what was taken back as well"


def test_a_draft_about_which_nothing_was_said_does_not_look_again(visit, people):
    page = visit().look_up("1001")
    record(people["teamlead"], account_id="0015e0000000002AAA", email="somebody.else@example.com", name="Somebody Else")
    page.open(page.address)
    assert page.can_send and "looking…" not in page.text


def test_the_form_knows_the_account_and_whom_the_review_shows(visit):
    page = visit().look_up("1001")
    page.open(f"/corrections/new/?draft={Draft.objects.get().pk}")
    form = page.forms[-1]
    assert "Correct who is told for Acme Corp" in page.text
    assert form["options"]["about"] == [DANA, OMAR, "whoever"]
    assert form["fields"]["about"] == DANA
    assert "account" not in form["fields"]


def test_who_refused_is_not_mentioned_again_for_that_account(visit, people):
    record(people["engineer"])
    page = visit().look_up("1001")
    assert "mentions Omar Haddad" in page.text
    assert "Dana Reyes is not to be told about this account (Wrong team, says Dana Reyes)" in page.text
    assert "mentions Dana Reyes" in page.look_up("1003").text, "another account"


def test_nobody_is_to_be_told(visit, people):
    record(people["engineer"], email="", name="", instead="nobody")
    page = visit().look_up("1001")
    assert "mentions nobody" in page.text
    assert "Somebody said that nobody is to be told, so nobody is tagged." in page.text
    assert "Nobody by name: somebody said so for this customer" in page.text
    assert page.can_send


def test_it_ends_by_itself_and_begins_on_its_day(visit, people):
    today = timezone.now().date()
    record(people["engineer"], valid_from=today - timedelta(9), valid_until=today - timedelta(1))
    record(people["engineer"], valid_from=today + timedelta(1))
    assert "mentions Dana Reyes" in visit().look_up("1001").text


def test_the_message_says_on_which_day_it_was_recorded(visit, people, sandbox, work):
    today = timezone.now().date()
    record(people["engineer"], instead="person", use_email=JOEL, use_name="Joel Sandberg", valid_from=today - timedelta(30))
    visit().look_up("1001").send()
    work()
    assert f"Dana Reyes said so on {spoken_day(today)}" in str(sandbox.effects("message"))


def test_what_was_said_a_moment_before_send_comes_back_as_a_difference(visit, people, sandbox, work):
    page = visit().look_up("1001")
    record(people["teamlead"])
    page.send()
    assert page.status == 409
    assert "Slack is for Omar Haddad (was Dana Reyes)." in page.text
    page.send()
    assert Escalation.objects.get().contact_name == "Omar Haddad"


def test_it_counts_also_without_salesforce(visit, people, sandbox):
    record(people["engineer"], email="", name="", instead="person", use_email=JOEL, use_name="Joel Sandberg")
    sandbox.fault("salesforce", "500")
    assert "mentions Joel Sandberg" in visit().look_up("1001").text


def test_a_replay_finds_the_same_person(visit, people):
    row = record(people["engineer"])
    visit().look_up("1001").send()
    corrections.end(row, by=people["engineer"], now=timezone.now())
    sent = Escalation.objects.get()
    found = find_contact(DEFAULT_MAPPING, DEFAULT_MAPPING.role("csm"), facts_from_json(sent.facts), sent.day)
    assert found.name == sent.contact_name == "Omar Haddad"


def test_taken_back_it_counts_no_more(visit, people):
    row = record(people["engineer"])
    page = visit("editor").open("/corrections/")
    assert "Wrong team , says" in page.text and "recorded by Ana Lima" in page.text
    page.open(f"/corrections/{row.pk}/end/")
    assert f"Take back {row.reference}?" in page.text and "From then on Dana Reyes is told again" in page.text
    assert "Instead of Dana Reyes, on" in page.text and Correction.objects.get().ended_at is None
    page.submit(f"/corrections/{row.pk}/end/")
    assert f"{row.reference} is taken back. It no longer counts." in page.text
    assert "taken back by Mia Berg" in page.text
    page.client.post(f"/corrections/{row.pk}/end/")
    assert "was taken back before" in page.open("/corrections/").text
    assert "mentions Dana Reyes" in visit().look_up("1001").text
    assert list(AuditEvent.objects.filter(object=row.reference).values_list("action", flat=True)) == ["correction.recorded", "correction.ended"]


def test_an_account_whose_name_is_known_stands_by_its_name(visit, people):
    row = record(people["engineer"])
    page = visit("editor").open("/corrections/")
    assert ACME in page.text
    make_escalation(people["usgov"], instance="usgov", account_id=ACME, customer_name="Harbor Point")
    assert "Harbor Point" not in page.open("/corrections/").text
    make_escalation(people["engineer"], account_id=ACME, customer_name="Acme Corp")
    for address in ("/corrections/", f"/corrections/{row.pk}/end/"):
        page.open(address)
        assert "Acme Corp" in page.text and ACME not in page.text


def test_of_two_covers_the_page_says_which_counts_and_it_is_so(visit, people):
    record(people["engineer"], instead="person", use_email=OMAR, use_name="Omar Haddad")
    record(people["engineer"], account_id="", instead="next_step")
    record(people["engineer"], instead="person", use_email=JOEL, use_name="Joel Sandberg")
    record(people["engineer"], account_id="", instead="nobody")
    said = "the one for the account comes before one for every account, and the one recorded last before earlier ones"
    assert said in visit().open("/corrections/").text
    assert "mentions Joel Sandberg" in visit().look_up("1001").text


def test_the_address_of_who_is_told_may_stay_empty_only_where_somebody_else_is_not_chosen(visit):
    page = visit().open("/corrections/new/")
    assert "If somebody else: their e-mail address (may stay empty)" not in page.text
    assert "On which account? (may stay empty)" in page.text


def test_cover_for_a_holiday_on_every_account(visit, people):
    until = timezone.now().date() + timedelta(5)
    page = visit("teamlead")
    given = {"email": DANA, "instead": "person", "use_email": JOEL, "valid_until": until.isoformat(), "role": "", "account": "", **SAID}
    page._seen(page.client.post("/corrections/new/", given, follow=True))
    assert page.address == "/corrections/"
    row = Correction.objects.get()
    assert (row.name, row.use_name, row.account_id) == ("Dana Reyes", "Joel Sandberg", "")
    for ticket in ("1001", "1003"):
        assert "mentions Joel Sandberg" in visit().look_up(ticket).text


WRONG = [
    ({"use_email": ""}, "Give the e-mail address of who is told instead."),
    ({"use_email": "x"}, "Enter a valid email address."),
    ({"use_email": "rin.sato@customer.example"}, "Slack knows no colleague with this address."),
    ({"reason": " "}, "Say in a few words why."),
    ({"reason": "\u200b"}, "Say in a few words why."),
    ({"said_by": ""}, "Name who said so."),
    ({"said_by": " \u2060\u200b"}, "Name who said so."),
    ({"instead": "", "use_email": ""}, "Choose who is told instead."),
    ({"instead": "everybody"}, "Choose one of those that are offered."),
    ({"about": ""}, "Choose whom it is about."),
    ({"about": "ceo@example.com"}, "Choose one of those that are offered."),
    ({"about": "whoever", "instead": "next_step"}, "Say first whom the portal is to pass over."),
    ({"valid_until": "2020-01-01"}, "This day is over"),
    ({"valid_until": "soon"}, "Enter a valid date."),
    ({"role": "ceo"}, "Choose one of those that are offered."),
    ({"use_email": DANA}, "That would lead in a circle: Dana Reyes → Dana Reyes."),
]


@pytest.mark.parametrize(("values", "says"), WRONG)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(visit, values, says):
    page = visit().look_up("1001")
    page = correct(page, **{"about": DANA, "instead": "person", "use_email": JOEL, "reason": "Own words", **values})
    assert (page.status, Correction.objects.count()) == (422, 0)
    assert says in page.text and "Nothing was recorded" in page.text
    assert page.forms[-1]["fields"]["reason"].strip() == values.get("reason", "Own words").strip()


WRONG_ALONE = [
    ({"email": "", "account": ""}, "Name a person, an account, or both."),
    ({"account": "12"}, "That is no Salesforce id"),
    ({"email": "x"}, "Enter a valid email address."),
]


@pytest.mark.parametrize(("values", "says"), WRONG_ALONE)
def test_nor_without_a_draft(visit, values, says):
    page = visit()
    given = {"email": DANA, "account": "", "instead": "nobody", "role": "", **SAID, **values}
    page._seen(page.client.post("/corrections/new/", given))
    assert (page.status, Correction.objects.count()) == (422, 0)
    assert says in page.text


def test_a_circle_of_several_is_refused_and_one_that_came_to_be_is_explained(visit, people):
    record(people["engineer"], instead="person", use_email=JOEL, use_name="Joel Sandberg")
    page = visit().look_up("1001")
    page = correct(page, about=JOEL, instead="person", use_email=DANA)
    assert "That would lead in a circle: Joel Sandberg → Dana Reyes → Joel Sandberg." in page.text
    record(people["engineer"], email=JOEL, name="Joel Sandberg", instead="person", use_email=DANA, use_name="Dana Reyes")
    page.look_up("1001")
    assert "the corrections lead in a circle: Dana Reyes → Joel Sandberg → Dana Reyes" in page.text
    assert "mentions Omar Haddad" in page.text


def test_two_who_cover_each_other_in_turns_are_no_circle(visit, people):
    today = timezone.now().date()
    record(people["engineer"], account_id="", instead="person", use_email=JOEL, use_name="Joel Sandberg", valid_until=today + timedelta(7))
    given = {"email": JOEL, "account": "", "instead": "person", "use_email": DANA, "role": "", **SAID}
    page = visit()
    days = {"valid_from": today + timedelta(7), "valid_until": today + timedelta(9)}
    assert "That would lead in a circle" in page._seen(page.client.post("/corrections/new/", {**given, **days})).text
    days = {"valid_from": today + timedelta(8), "valid_until": today + timedelta(9)}
    page._seen(page.client.post("/corrections/new/", {**given, **days}, follow=True))
    assert (page.status, Correction.objects.count()) == (200, 2)


def test_while_slack_is_down_nobody_new_can_be_named_and_nothing_is_lost(visit, sandbox):
    page = visit().look_up("1001")
    sandbox.fault("slack", "500")
    page = correct(page, about=DANA, instead="person", use_email=JOEL)
    assert (page.status, Correction.objects.count()) == (422, 0)
    assert "Slack could not be asked for this person. Nothing is lost: try again." in page.text


def test_of_a_us_government_ticket_no_free_text_goes_along(visit, people):
    page = visit("usgov").look_up("https://portal-demo-usgov.zendesk.com/agent/tickets/7001")
    page = correct(page, about="whoever", instead="nobody", reason="Secret words")
    assert "Secret words" not in page.text
    row = Correction.objects.get()
    assert (row.account_name, bool(row.account_id)) == ("", True)


@pytest.mark.parametrize("number", ["x", "", "00000000-0000-0000-0000-000000000000", "\x00"])
def test_a_draft_that_is_none(visit, number):
    assert visit().open(f"/corrections/new/?draft={number}").status in (200, 404)


def test_an_empty_page_says_so(visit):
    page = visit().open("/corrections/")
    assert "everybody is found as Salesforce has them" in page.text
    assert "Nothing is recorded about “x”" in page.open("/corrections/?q=x").text


def test_an_address_that_is_filled_in_is_the_choice_somebody_else(visit):
    correct(visit().look_up("1001"), about=DANA, use_email=JOEL)
    row = Correction.objects.get()
    assert (row.instead, row.use_name) == ("person", "Joel Sandberg")


@pytest.mark.parametrize("instead", ["next_step", "nobody"])
def test_an_address_beside_another_choice_is_asked_about(visit, instead):
    page = correct(visit().look_up("1001"), about=DANA, instead=instead, use_email=JOEL)
    assert f"You named {JOEL} below. Choose “Somebody else”, or empty the line." in page.text
    assert page.forms[-1]["fields"]["use_email"] == JOEL and not Correction.objects.exists()


def test_the_list_says_for_which_role_one_counts(visit, people):
    """Who was found in the place of somebody who has the role, does not have it."""
    row = record(people["teamlead"], role_key="csm", account_name="Acme Corp")
    said = "Acme Corp, when the Customer Success Manager is looked for"
    assert said in visit("teamlead").open("/corrections/").text and said in visit("teamlead").open(f"/corrections/{row.pk}/end/").text

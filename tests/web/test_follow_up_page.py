"""What Ana records of what she was told, from the escalation's page: acknowledged, not theirs, closed; refusals stay in place."""

import re

import pytest

from escalations.models import Correction, Draft, Escalation, FollowUp

JOEL = "joel.sandberg@example.com"
REASON = "Moved to another team or role"
TICKET = "https://portal-demo-usgov.zendesk.com/agent/tickets/7001"


def record(page, what, **values):
    """From the form at its own address."""
    address = f"/escalations/{Escalation.objects.get().pk}/{what}/"
    page.open(address)
    form = page.forms[-1]
    return page._seen(page.client.post(address, {**form["fields"], **values}, follow=True))


def test_what_is_waited_for_and_until_when(asked):
    row = Escalation.objects.get()
    page = asked.open(row.get_absolute_url())
    assert f"Waiting for Dana Reyes until {row.answer_on:%A} {row.answer_on.day} {row.answer_on:%B}." in page.text
    assert all(words in page.text for words in ("They have it…", "Not theirs…", "Close…"))


def test_nothing_is_waited_for_before_it_is_sent(visit):
    page = visit().look_up("1001").choose("customer-asked").send()
    assert "Waiting for" not in page.text and "They have it" not in page.text


def test_acknowledged_by_one_recorded_by_another(asked):
    page = record(asked, "acknowledged")
    assert "“I have it”, says Dana Reyes, recorded by Ana Lima" in page.text
    assert "Waiting for" not in page.text
    assert "They have it…" not in page.text


def test_who_records_it_can_write_what_they_said(asked):
    assert "“Joel calls them at ten”" in record(asked, "acknowledged", words="Joel calls them at ten").text


def test_home_says_what_became_of_it_and_that_the_next_step_waits(asked):
    assert "sent</span> <span class=\"muted small\">waited for, now" in asked.open("/").html
    older = Escalation.objects.get()
    record(asked, "not-mine", reason=REASON, right="unknown")
    asked.look_up("1003")
    page = asked.open("/")
    assert "sent</span> <span class=\"muted small\">not theirs, now" in page.html
    first, *others = page.html.split('id="main"')[1].split(">My open drafts<")[1].split("</section>")[0].split("<li>")[1:]
    assert f"{older.reference} was not theirs: review the next step" in first and "Acme Corp: The customer asked" in first
    assert len(others) == 1 and "not theirs" not in others[0] and "Cobalt Insurance: " in others[0]
    asked.open(FollowUp.objects.get().draft.get_absolute_url()).submit("/discard/")
    assert "review the next step" not in asked.open("/").text


def test_a_closed_one_has_no_next_step_that_waits(asked):
    record(asked, "not-mine", reason=REASON, right="unknown")
    record(asked, "close", disposition="not_needed")
    page = asked.open("/")
    assert "review the next step" not in page.text and "Ticket 1001" in page.text


@pytest.mark.parametrize("another_is_open", [False, True])
def test_the_next_step_that_was_undone_is_still_the_next_step(asked, settings, another_is_open):
    first = Escalation.objects.get()
    record(asked, "not-mine", reason=REASON, right="unknown")
    settings.SEND_HOLD_SECONDS = 30
    address = asked.look_up("1001").send().address
    assert "The next step was sent as" in asked.open(first.get_absolute_url()).text
    if another_is_open:
        asked.look_up("1001")
    back = asked.open(address).submit("/undo/").address
    page = asked.open(first.get_absolute_url())
    assert "A draft for the next step is prepared, nothing is sent" in page.text and f'href="{back}">review it' in page.html
    assert f"{first.reference} was not theirs: review the next step" in asked.open("/").text
    again = asked.open(back).send().address
    assert f'The next step was sent as <a href="{again}">' in asked.open(first.get_absolute_url()).html
    asked.look_up("1001")
    assert "review the next step" not in asked.open("/").text


def test_not_theirs_refuses_them_and_prepares_the_next_step_which_is_not_sent(asked, work, sandbox):
    before = len(sandbox.ledger())
    page = record(asked, "not-mine", reason=REASON, right="unknown")
    assert "“Not mine”, says Dana Reyes, recorded by Ana Lima" in page.text
    assert "A draft for the next step is prepared, nothing is sent" in page.text
    assert "Thank you, Dana. It is on record, and you are not mentioned again for Acme Corp." in page.text
    assert "Dana Reyes is not mentioned again for this customer (" in page.text
    work()
    assert len(sandbox.ledger()) == before
    draft = FollowUp.objects.get().draft
    page.open(draft.get_absolute_url())
    page = page._seen(page.client.post(f"/drafts/{draft.pk}/look-up/ticket/", follow=True))
    assert "mentions Omar Haddad" in page.text and "Dana Reyes is not to be told about this account" in page.text
    assert page.can_send
    page.send()
    first, second = Escalation.objects.order_by("pk")
    assert (first.contact_name, second.contact_name) == ("Dana Reyes", "Omar Haddad")
    assert f"The next step was sent as {second.reference}" in page.open(first.get_absolute_url()).text


def test_who_refused_in_one_role_is_not_mentioned_in_another(visit, work):
    """Ticket 1015: Grace Molina is the Account Owner, and there is no Customer Success Manager."""
    page = visit().look_up("1015")
    assert "mentions Grace Molina" in page.choose("emergency").text
    page.choose("professional-services").send()
    work()
    assert (Escalation.objects.get().role_key, Escalation.objects.get().contact_name) == ("ao", "Grace Molina")
    record(page, "not-mine", reason=REASON, right="unknown")
    page = visit("teamlead").look_up("1015").choose("emergency")
    assert "mentions Grace Molina" not in page.text and "Grace Molina is not to be told about this account" in page.text


def test_what_is_no_matter_for_the_role_goes_for_the_role_alone_and_says_so(asked):
    page = record(asked, "not-mine", reason="Not a matter for this role", right="unknown")
    assert "Dana Reyes is not mentioned again for this customer when the Customer Success Manager is looked for (" in page.text
    assert "It is on record, and you are not mentioned again for Acme Corp when the Customer Success Manager is looked for." in page.text


@pytest.mark.parametrize("given", [{"right": "omar.haddad@example.com"}, {"right": "somebody", "right_who": "Omar Haddad"}])
def test_who_is_right_is_one_of_those_named_by_the_facts(asked, given):
    record(asked, "not-mine", reason=REASON, **given)
    assert Correction.objects.get().use_email == "omar.haddad@example.com"


def test_who_is_right_by_address_is_asked_for_in_slack(asked):
    record(asked, "not-mine", reason=REASON, right="somebody", right_who=JOEL.upper())
    row = Correction.objects.get()
    assert (row.instead, row.use_email, row.use_name, row.said_by) == ("person", JOEL, "Joel Sandberg", "Dana Reyes")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"reason": ""}, "Choose why."),
        ({"reason": "other"}, "Say in your own words why."),
        ({"right": ""}, "Say who is right, or that you do not know."),
        ({"right": "nobody@example.com"}, "Choose one of those that are offered."),
        ({"right": "somebody"}, "Name them, or choose “I do not know”."),
        ({"right": "somebody", "right_who": "joel@"}, "That is no e-mail address."),
        ({"right_who": "joel"}, "That is no e-mail address."),
        ({"right_who": "nobody@example.com"}, "Slack knows no colleague with this address."),
        ({"right": "omar.haddad@example.com", "right_who": JOEL}, f"You chose Omar Haddad and named {JOEL} below."),
        ({"right": "somebody", "right_who": "nobody@example.com"}, "Slack knows no colleague with this address."),
        ({"right": "somebody", "right_who": "Dana.Reyes@example.com"}, "That is the person who was told."),
        ({"said_by": "\u202e\u200b"}, "Name who said so."),
    ],
)
def test_what_is_missing_is_said_in_place_and_nothing_is_recorded(asked, given, words):
    page = record(asked, "not-mine", **{"reason": REASON, "right": "unknown", **given})
    assert page.status == 422
    assert words in page.text and "Nothing was recorded" in page.text
    assert not Correction.objects.exists() and not FollowUp.objects.exists()


def test_slack_is_down_and_nothing_is_lost(asked, sandbox):
    sandbox.fault("slack", "500")
    page = record(asked, "not-mine", reason=REASON, right="somebody", right_who=JOEL)
    assert page.status == 422 and "Nothing is lost" in page.text
    assert page.forms[-1]["fields"]["right_who"] == JOEL


def test_a_circle_is_refused(asked, people):
    from tests.web.test_corrections import record as correct

    correct(people["engineer"], email=JOEL, name="Joel Sandberg", instead="person", use_email="dana.reyes@example.com", use_name="Dana Reyes")
    page = record(asked, "not-mine", reason=REASON, right="somebody", right_who=JOEL)
    assert "That would lead in a circle" in page.text
    assert not FollowUp.objects.exists()


def test_closed_with_how_it_ended(asked):
    assert "Name who looks after it now." in record(asked, "close", disposition="handed_over").text
    page = record(asked, "close", disposition="handed_over", handed_to="Joel Sandberg")
    assert "Closed: handed over to Joel Sandberg, recorded by Ana Lima" in page.text
    assert "Close…" not in page.text
    assert "Closed: handed over" in page.text


@pytest.mark.parametrize(("what", "values"), [("not-mine", {"reason": REASON, "right": "unknown"}), ("close", {"disposition": "not_needed"})])
def test_said_while_part_of_it_still_waits_for_slack(visit, work, sandbox, what, values):
    """The note has arrived, and she reads it there; whoever records that says before what it does to the rest."""
    sandbox.fault("slack", "429", match="chat.postMessage", retry_after=600)
    page = visit().look_up("1001").choose("customer-asked").send()
    work()
    assert "Part of it still waits to be sent. That is not sent any more." in page.open(f"/escalations/{Escalation.objects.get().pk}/{what}/").text
    page = record(page, what, **values)
    assert "before it was sent." in page.text
    assert sandbox.effects("message") == [] and "still waits" not in page.text


def test_what_comes_too_late_leads_back_with_words(asked, people):
    number = Escalation.objects.get().pk
    record(asked, "close", disposition="done")
    page = asked.open(f"/escalations/{number}/not-mine/")
    assert page.address == f"/escalations/{number}/"
    page = page._seen(page.client.post(f"/escalations/{number}/acknowledged/", {"said_by": "Dana Reyes"}, follow=True))
    assert page.status == 200 and "Nothing was recorded. It is closed" in page.text
    assert FollowUp.objects.count() == 1


def test_pressed_twice_is_recorded_once_and_says_so_calmly(asked):
    number = Escalation.objects.get().pk
    for _ in range(2):
        page = asked._seen(asked.client.post(f"/escalations/{number}/acknowledged/", {"said_by": "Dana Reyes"}, follow=True))
        assert page.status == 200 and "Nothing was recorded" not in page.text
    assert FollowUp.objects.count() == 1


SECOND = {
    "not-mine": ({"reason": REASON, "right": "unknown"}, {"reason": "other", "words": "Joel has it now", "right": "somebody", "right_who": JOEL}),
    "close": ({"disposition": "done"}, {"disposition": "no_answer"}),
}


@pytest.mark.parametrize(("what", "first", "second"), [(what, *given) for what, given in SECOND.items()])
def test_what_was_recorded_meanwhile_in_other_words_is_kept_and_the_second_reads_so(asked, what, first, second):
    """From a form that was open before."""
    address = f"/escalations/{Escalation.objects.get().pk}/{what}/"
    for given in (first, first):
        page = asked._seen(asked.client.post(address, {"said_by": "Dana Reyes", **given}, follow=True))
        assert "Nothing was recorded" not in page.text
    page = asked._seen(asked.client.post(address, {"said_by": "Dana Reyes", **second}, follow=True))
    assert "Nothing was recorded. Ana Lima recorded it already, in other words, and what was said stays." in page.text
    assert FollowUp.objects.count() == 1 and Correction.objects.count() == (what == "not-mine")


LATE = {
    "acknowledged": ({}, {"words": "Joel calls <them> at ten"}, ["Joel calls &lt;them&gt; at ten"]),
    "not-mine": (
        {"reason": REASON, "right": "unknown"}, {"reason": "other", "words": "Joel has it now", "right": "somebody", "right_who": JOEL}, ["Joel has it now", JOEL],
    ),
    "close": ({"disposition": "done"}, {"disposition": "handed_over", "handed_to": "Joel Sandberg"}, ["Joel Sandberg"]),
}  # fmt: skip


@pytest.mark.parametrize("by_what", ["the same was recorded", "it was closed"])
@pytest.mark.parametrize(("what", "first", "second", "typed"), [(what, *given) for what, given in LATE.items()])
def test_what_was_typed_and_comes_too_late_is_still_there_to_copy(asked, visit, by_what, what, first, second, typed):
    """Tom has recorded it, or the end of it, while Ana wrote."""
    row = Escalation.objects.get()
    open_since = asked.open(f"/escalations/{row.pk}/{what}/").forms[-1]["fields"]
    meanwhile = (what, first) if by_what == "the same was recorded" else ("close", LATE["close"][0])
    record(visit("teamlead"), meanwhile[0], **meanwhile[1])
    page = visit()
    page = page._seen(page.client.post(f"/escalations/{row.pk}/{what}/", {**open_since, **second}, follow=True))
    assert page.status == 409 and "What you typed stands here, to copy:" in page.text
    assert ("Tom Okafor recorded it already" in page.text) == (what == meanwhile[0]) and not page.has_form(f"/{what}/")
    assert re.findall(r'id="kept-\w+"[^>]* value="([^"]+)"[^>]* readonly', page.html) == typed
    assert f'href="{row.get_absolute_url()}"' in page.html
    assert FollowUp.objects.get().what.startswith(meanwhile[0][:3])


def test_who_was_told_keeps_what_they_typed_with_not_mine_as_well(asked, visit):
    row = Escalation.objects.get()
    record(asked, "not-mine", reason=REASON, right="unknown")
    page = visit("csm")
    page = page._seen(page.client.post(f"/a/{row.reference}/not-mine/", LATE["not-mine"][1], follow=True))
    assert page.status == 409 and 'value="Joel has it now"' in page.html and f'href="{row.get_answer_url()}"' in page.html
    assert "Support can still record who is right" in page.text


def test_a_team_lead_records_for_the_author_and_others_do_not(asked, visit):
    number = Escalation.objects.get().pk
    assert "They have it" not in visit("editor").open(f"/escalations/{number}/").text
    assert visit("usgov").open(f"/escalations/{number}/not-mine/").status == 403
    page = record(visit("teamlead"), "not-mine", reason=REASON, right="unknown")
    assert "says Dana Reyes, recorded by Tom Okafor" in page.text
    assert Draft.objects.latest("created_at").author.username == "engineer"


def test_of_a_us_government_ticket_nothing_is_typed(visit, work):
    page = visit("usgov").look_up(TICKET).choose("customer-asked").send()
    work()
    address = f"/escalations/{Escalation.objects.get().pk}/not-mine/"
    form = page.open(address).forms[-1]
    assert not {"said_by", "words"} & set(form["fields"])
    typed = {"words": "harbor", "said_by": "harbor", "reason": REASON, "right": "unknown"}
    page = page._seen(page.client.post(address, typed, follow=True))
    assert "“Not mine”, says Dana Reyes" in page.text
    row = FollowUp.objects.get()
    assert "harbor" not in f"{row.reason}{row.said_by}{Correction.objects.get().reason}".lower()


def test_a_team_lead_who_may_not_open_the_draft_is_not_led_to_it(visit, work):
    """Answers are recorded by every team lead; a US Government ticket is opened by its group alone."""
    visit("usgov").look_up(TICKET).choose("customer-asked").send()
    work()
    page = record(visit("teamlead"), "not-mine", reason=REASON, right="unknown")
    draft = FollowUp.objects.get().draft
    assert draft.get_absolute_url() not in page.html
    assert f"A draft for the next step is prepared, nothing is sent: {draft.author.get_full_name()} reviews it." in page.text
    page = visit("usgov").open(Escalation.objects.get().get_absolute_url())
    assert draft.get_absolute_url() in page.html


@pytest.mark.parametrize("what", ["acknowledged", "not-mine", "close"])
def test_each_wrong_field_is_described_by_its_error(asked, visit, what):
    page = visit()
    html = page._seen(page.client.post(f"{asked.address}{what}/", {"said_by": "", "right": "somebody", "right_who": "x@y"})).html
    named = [name for value in re.findall(r'aria-describedby="([^"]+)"', html) for name in value.split()]
    assert any("error" in name or "problem" in name for name in named)
    assert not [name for name in named if f'id="{name}"' not in html]


@pytest.mark.parametrize("what, values", [("not-mine", {"reason": "Moved to another team or role", "right": "unknown"}), ("close", {"disposition": "done"})])
def test_who_was_told_and_of_whom_nothing_was_asked_stands_in_the_past_once_it_is_over(visit, work, what, values):
    page = visit().look_up("1001").send()
    work()
    page.open(address := Escalation.objects.get().get_absolute_url())
    assert "Dana Reyes, CSM, is told. Nothing is asked of them." in page.text
    record(page, what, **values)
    assert "Dana Reyes, CSM, was told. Nothing was asked of them." in page.open(address).text


def test_what_some_choice_needs_is_not_said_to_may_stay_empty(visit, sent):
    close, not_mine = (visit().open(f"/escalations/{sent.pk}/{what}/").text for what in ("close", "not-mine"))
    assert "If handed over: to whom? (needed with Handed over)" in close and "may stay empty" not in close
    assert "In your own words (needed with Another reason)" in not_mine and "may stay empty" not in not_mine
    assert "In your own words (needed with Another reason; " in visit().open(f"/escalations/{sent.pk}/withdraw/").text

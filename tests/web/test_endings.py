"""Refusing with a way out, without JavaScript: one press, what to do instead, words to copy, counted, and a way back."""

import re

import pytest

from escalations.models import AuditEvent, Draft
from escalations.rules.endings import ENDINGS, PICKED
from tests.actions.factories import make_draft
from tests.rules import factories as facts


@pytest.mark.parametrize("ending", PICKED, ids=lambda ending: ending.key)
def test_one_press_ends_with_what_to_do_and_words_to_copy(visit, ending):
    seen = visit().look_up("1021")
    assert ending.what in seen.text and ending.instead in seen.text, "said before it is pressed"
    seen.submit("/do-not-escalate/", kind=ending.key)
    assert "Ended without escalating" in seen.text
    for text in (ending.what, ending.why, ending.instead, f"To copy, for {ending.to}:", "1021"):
        assert text in seen.text
    draft = Draft.objects.get()
    assert (draft.state, draft.ended_kind, draft.ended_because) == ("not_escalated", ending.key, ending.what)
    assert AuditEvent.objects.get(action="draft.not_escalated").payload["kind"] == ending.key


def test_what_has_ended_is_not_about_to_be_sent(visit):
    seen = visit().look_up("1009").choose("pass-lead")
    assert "becomes visible" in seen.text and "What will be sent" in seen.text
    seen.submit("/do-not-escalate/", kind="seats")
    assert "What would have been sent" in seen.text
    for gone in ("What will be sent", "address becomes visible", "is added when it is sent", "Who can act now"):
        assert gone not in seen.text, gone


def test_a_colleague_who_opens_the_ticket_again_reads_that_it_ended_and_why(visit):
    first = visit().look_up("1021").submit("/do-not-escalate/", because="They called their CSM.").address
    seen = visit("teamlead").look_up("1021")
    assert re.search(r"Ana Lima ended ticket 1021 without escalating .+ UTC: They called their CSM\. See that draft", seen.text), seen.text
    assert f'<a href="{first}">See that draft</a>' in seen.html
    assert "See that draft" not in seen.look_up("1001").text
    assert "See that draft" not in visit().open(first).submit("/reopen/").look_up("1021").text


def test_the_wrong_direction_has_the_address_of_the_form(visit, settings):
    seen = visit().look_up("1021").submit("/do-not-escalate/", kind="wrong_direction")
    assert f"please use Support's form for attention requests: {settings.ATTENTION_REQUEST_URL}" in seen.text
    assert f'<a href="{settings.ATTENTION_REQUEST_URL}"' in seen.html


def test_an_answer_that_stops_is_counted_as_what_it_is(visit):
    seen = visit().look_up("1005")
    assert "To copy, for a colleague who asks: Nothing was sent about ticket 1005." in seen.text
    seen.submit("/do-not-escalate/", kind="answer")
    assert "Link the issue in the ticket" in seen.text
    assert "To copy, for a colleague who asks: Nothing was sent about ticket 1005." in seen.text
    draft = Draft.objects.get()
    assert (draft.ended_kind, draft.ended_because) == ("internal_issue", "Yes, there is one: Upgrade assistance without an internal issue")


def test_reopened_it_is_no_longer_counted(visit):
    seen = visit().look_up("1021").submit("/do-not-escalate/", kind="seats").submit("/reopen/")
    assert Draft.objects.get().ended_kind == ""
    assert "Ended without" not in seen.text


@pytest.mark.parametrize("kind", ["", "nonsense", "answer", "other", "retired_row", "\x00", "__class__"])
def test_what_is_not_on_the_list_ends_nothing_without_words(visit, kind):
    seen = visit().look_up("1021").submit("/do-not-escalate/", kind=kind)
    assert seen.status == 422
    assert Draft.objects.get().is_live


def test_own_words_are_kept_as_another_reason(visit):
    seen = visit().look_up("1021").submit("/do-not-escalate/", because="They called their CSM.")
    assert "They called their CSM." in seen.text
    assert "To copy" not in seen.text
    assert Draft.objects.get().ended_kind == "other"


def test_of_a_us_government_ticket_no_words_are_kept(visit):
    seen = visit("usgov").look_up("https://portal-demo-usgov.zendesk.com/agent/tickets/7001")
    assert "Another reason, in a few words" not in seen.text
    seen.submit("/do-not-escalate/", kind="unclear_need", because="Harbor Point cannot say")
    draft = Draft.objects.get()
    assert (draft.ended_kind, draft.ended_because) == ("unclear_need", ENDINGS["unclear_need"].what)
    assert "Harbor" not in seen.text
    seen.submit("/reopen/").submit("/do-not-escalate/", because="Harbor Point cannot say")
    assert Draft.objects.get().ended_because == "Not escalated."


def test_the_report_counts_them_by_how_they_ended(visit, people):
    for number, kind in enumerate(("seats", "seats", "product_question", "")):
        draft = make_draft(people["engineer"], ticket_id=100 + number, facts=facts.facts(ticket=facts.ticket()))
        given = {"kind": kind} if kind else {"because": "They called."}
        visit().client.post(f"{draft.get_absolute_url()}do-not-escalate/", given)
    text = visit("teamlead").open("/reports/").text
    assert "Do not escalate 4 ended in the wizard" in text
    assert "By reason 2: The customer wants to add seats 1: Another reason 1: It is a question about the product" in text

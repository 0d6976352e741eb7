"""None of these, without JavaScript: what comes nearest, a line to the row keepers, a colleague's link, and rows not in force."""

import pytest
from django.urls import reverse

from escalations.actions import publishing
from escalations.models import AuditEvent, Draft, RowRemark, Scenario
from tests.conftest import NOON

USGOV = "https://portal-demo-usgov.zendesk.com/agent/tickets/7001"


def retire(people, key="training", instead="Ask in #learning."):
    Scenario.objects.filter(key=key).update(retired_on="2026-01-01", instead=instead)
    publishing.publish(by=people["publisher"], message=f"Retire {key}", now=NOON)


def test_the_nearest_rows_and_the_address_for_a_colleague(visit, settings):
    seen = visit().look_up("1021")
    assert "nothing in this ticket speaks for it" in seen.text
    assert "Not when: " in seen.text
    assert f"To copy, for a colleague whom you ask: this draft's address: {settings.PORTAL_URL}{seen.address}" in seen.text
    assert visit("teamlead").open(Draft.objects.get().get_absolute_url()).status == 200


def test_a_line_to_the_row_keepers_is_kept_once_and_the_draft_goes_on(visit):
    seen = visit().look_up("1021")
    for _ in range(2):
        seen.submit("/remark/", text=" The customer wants \r\n to be a reference ")
        assert "The row keepers have your line" in seen.text
    remark = RowRemark.objects.get()
    assert (remark.text, remark.said_by.username, remark.draft.is_live) == ("The customer wants to be a reference", "engineer", True)
    assert remark.nearest in {row.key for row in Scenario.objects.all()}
    event = AuditEvent.objects.get(action="remark.left")
    assert (event.object, event.payload) == (str(remark.draft.pk), {"nearest": remark.nearest})


def test_with_it_the_draft_can_end_and_says_whom_to_ask(visit):
    seen = visit().look_up("1021").submit("/remark/", text="A reference call", end="1")
    draft = Draft.objects.get()
    assert (draft.state, draft.ended_kind, draft.ended_because) == ("not_escalated", "none_fits", "A reference call")
    assert "Whom would you tell about ticket 1021?" in seen.text
    assert "Ask a colleague or a team lead" in seen.text


@pytest.mark.parametrize("text", ["", "  ", "\x00"])
def test_an_empty_line_is_asked_for(visit, text):
    seen = visit().look_up("1021").submit("/remark/", text=text)
    assert seen.status == 422
    assert '<a href="#id_remark">Say in a few words which situation is missing.</a>' in seen.html
    assert not RowRemark.objects.exists()


def test_of_a_us_government_ticket_it_is_counted_without_words(visit):
    seen = visit("usgov").look_up(USGOV)
    assert "which situation is it?" not in seen.text
    seen.submit("/remark/", text="Harbor Point wants a reference")
    assert RowRemark.objects.get().text == ""
    seen.submit("/remark/", text="Harbor Point", end="1")
    assert Draft.objects.get().ended_because == "None of the situations fits"
    assert "Harbor" not in seen.text


def test_editors_find_the_lines_with_their_number(visit, sign_in):
    visit().look_up("1021").submit("/remark/", text="A reference call")
    page = sign_in("editor").get(reverse("admin:escalations_rowremark_changelist"))
    text = page.content.decode()
    assert page.context["cl"].result_count == 1
    assert "A reference call" in text and "ticket 1021" in text and "Ana Lima" in text
    assert sign_in("editor").get(reverse("admin:escalations_rowremark_change", args=[RowRemark.objects.get().pk])).status_code == 200


def test_a_retired_row_says_what_to_do_instead_and_ends_there(visit, people):
    retire(people)
    seen = visit().look_up("1021")
    assert "The customer's users need training : retired on Thursday 1 January 2026. Instead: Ask in #learning." in seen.text
    seen.submit("/do-not-escalate/", kind="retired_row", row="training")
    assert "“The customer's users need training” is no longer in force. Ask in #learning." in seen.text
    assert "About ticket 1021: “The customer's users need training” is no longer in force." in seen.text
    assert Draft.objects.get().ended_kind == "retired_row"


def test_a_row_that_was_chosen_and_is_retired_meanwhile_says_so(visit, people):
    seen = visit().look_up("1006")
    assert seen.can_send
    retire(people)
    seen.open(seen.address)
    assert "was chosen and is not in force: retired on Thursday 1 January 2026. Instead: Ask in #learning." in seen.text
    assert not seen.can_send


@pytest.mark.parametrize("row", ["emergency", "nonsense", "", "\x00"])
def test_a_row_in_force_is_no_way_out(visit, people, row):
    retire(people)
    assert visit().look_up("1021").submit("/do-not-escalate/", kind="retired_row", row=row).status == 422

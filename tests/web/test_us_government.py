"""US Government tickets: links only. Nothing that the ticket says is stored or drawn anywhere."""

import json

import pytest
from django.contrib.sessions.models import Session
from django.core import serializers
from django.utils import timezone

from escalations.actions import follow_up
from escalations.models import AuditEvent, Correction, Delivery, Draft, Escalation, FactSnapshot
from sandbox.tickets import SEEDS
from tests.actions.factories import make_escalation
from tests.web.test_corrections import ACME, DANA, JOEL, correct
from tests.web.test_corrections import record as say

TICKET = "https://portal-demo-usgov.zendesk.com/agent/tickets/7001"
SEED = next(seed for seed in SEEDS if seed.id == 7001)
# Everything the ticket, its organization and its comments say, and pieces of it.
KEPT_NOWHERE = [
    SEED.subject,
    "Harbor",
    "signing service",
    "harbor pilots",
    "sign their releases",
    "PUBSEC",
    "production_down",
    SEED.first,
]


@pytest.fixture
def sent(visit, work):
    """The escalation of ticket 7001, delivered, and every page that was seen on the way."""
    seen = visit("usgov").look_up(TICKET)
    pages = [seen.html]
    pages.append(seen.choose("emergency").html)
    assert seen.can_send, seen.text
    pages.append(seen.send().html)
    work()
    pages += [seen.open(address).html for address in (seen.address, "/", "/history/", "/reports/")]
    pages.append(visit("csm").open(f"/a/{Escalation.objects.get().reference}").html)
    return pages


@pytest.mark.parametrize("words", KEPT_NOWHERE)
def test_no_page_shows_what_the_ticket_says(sent, words):
    assert not [page for page in sent if words.lower() in page.lower()]


@pytest.mark.parametrize("model", [Draft, FactSnapshot, Escalation, Delivery, AuditEvent])
def test_no_table_keeps_what_the_ticket_says(sent, model):
    stored = serializers.serialize("json", model.objects.all()).lower()
    assert stored != "[]"
    assert not [words for words in KEPT_NOWHERE if words.lower() in stored]


def test_no_message_says_what_the_ticket_says(sent, sandbox):
    effects = [entry for entry in sandbox.ledger() if entry["kind"] in ("message", "note")]
    assert len(effects) == 2
    assert not [words for words in KEPT_NOWHERE if words.lower() in json.dumps(effects).lower()]


def test_the_ticket_keeps_its_links_and_the_employees_names(sent):
    row = Escalation.objects.get()
    assert (row.instance, row.ticket_id, row.customer_name, row.contact_name) == ("usgov", 7001, "", "Dana Reyes")
    ticket = FactSnapshot.objects.get(key="ticket").value
    assert {name for name, value in ticket.items() if value} == {
        "instance",
        "id",
        "priority",
        "state",
        "form",
        "url",
        "organization",
    }
    assert {name for name, value in ticket["organization"].items() if value} <= {"salesforce_id", "external_id"}
    assert FactSnapshot.objects.get(key="comments").value == []


def test_the_cc_is_a_follower_and_the_note_is_internal(sent, sandbox):
    note = next(entry for entry in sandbox.ledger() if entry["kind"] == "note")
    assert Delivery.objects.get(system="zendesk").cc in ("follower", "")
    assert not [entry for entry in sandbox.ledger() if entry["kind"] in ("public_comment", "email_cc")]
    assert note


def test_the_words_cannot_be_changed(visit):
    seen = visit("usgov").look_up(TICKET)
    draft = Draft.objects.get()
    seen.client.post(f"{draft.get_absolute_url()}words/", {"situation": "Harbor Point is down"})
    seen.open(draft.get_absolute_url())
    assert "Harbor Point" not in seen.text
    seen.choose("emergency").send()
    assert "Harbor" not in serializers.serialize("json", [*Escalation.objects.all(), *Delivery.objects.all()])


OTHERS = ["engineer", "teamlead", "auditor", "admin", "owner"]


@pytest.mark.parametrize("username", OTHERS)
def test_only_its_group_opens_such_a_ticket(visit, username):
    assert visit(username).look_up(TICKET).status == 403
    assert not Draft.objects.exists()


@pytest.mark.parametrize("username", ["engineer", "teamlead"])
def test_who_escalates_but_is_not_of_its_group_is_back_at_the_field_with_the_reason(visit, username):
    seen = visit(username).look_up(f"for you: {TICKET}")
    assert (seen.status, seen.address) == (403, "/escalate/") and "Which ticket needs Sales or Customer Success?" in seen.text
    assert "Nothing was started Ticket 7001 is of the US Government instance: only the group US Government may open it." in seen.text
    assert "Let a colleague of that group escalate it, or ask an administrator to add you to the group." in seen.text
    assert seen.forms[-1]["fields"]["ticket"] == f"for you: {TICKET}" and "data-start" not in seen.html
    assert not [words for words in KEPT_NOWHERE if words.lower() in seen.html.lower()]
    assert not FactSnapshot.objects.exists() and not AuditEvent.objects.filter(action__startswith="draft").exists()


@pytest.mark.parametrize("username", ["engineer", "auditor"])
def test_everybody_else_sees_the_escalation_as_links_only(sent, visit, username):
    seen = visit(username).open(Escalation.objects.get().get_absolute_url())
    assert seen.status == 200
    assert not [words for words in KEPT_NOWHERE if words.lower() in seen.html.lower()]
    assert "7001" in seen.text


def test_a_bare_number_that_exists_in_both_shows_nothing_of_the_other(visit):
    seen = visit("engineer").look_up("5001")
    assert "Ridge" not in seen.html
    assert "badge printing" not in seen.html


def test_the_tickets_worth_trying_name_none_of_them_to_others(visit):
    assert "7001" not in visit("engineer").open("/").text
    assert "7001" in visit("usgov").open("/").text


def test_a_bare_number_that_exists_in_both_is_asked_of_whom_may_open_both(visit):
    seen = visit("usgov").look_up("5001")
    assert "exists in both Zendesk instances" in seen.text
    assert not Draft.objects.exists()
    for words in ("Ridge", "badge printing", "Umber"):
        assert words not in seen.html


@pytest.mark.parametrize(("number", "instance"), [("7001", "usgov"), ("1001", "main")])
def test_a_bare_number_that_exists_once_is_opened_there(visit, number, instance):
    visit("usgov").look_up(number)
    assert Draft.objects.get().instance == instance


@pytest.mark.parametrize("trip", ["ticket", "account", "people"])
def test_an_instance_that_was_switched_off_later_is_said(visit, settings, trip):
    seen = visit("usgov").look_up(TICKET)
    settings.ZENDESK_INSTANCES = {"main": settings.ZENDESK_INSTANCES["main"]}
    assert seen.submit(f"/look-up/{trip}/").status == 200
    seen.submit("/look-up/ticket/")
    assert "no longer connected to the portal" in seen.text
    assert "Ask an administrator" in seen.text
    assert not seen.can_send
    assert Draft.objects.get().is_live


def test_of_what_somebody_wrote_beside_their_name_in_slack_only_that_they_are_away_is_kept(visit, sandbox):
    """Keiko's status is “On leave until Monday”; what stands there may as well speak of the customer."""
    sandbox.control("account", customer="Harbor Point Agency", csm="keiko.tanaka@example.com")
    seen = visit("usgov").look_up(TICKET).choose("emergency")
    assert "Keiko Tanaka is away (Slack: “on leave”)" in seen.text
    seen.send()
    for model in (FactSnapshot, Escalation, Delivery):
        assert "until Monday" not in serializers.serialize("json", model.objects.all())
    page = visit("engineer")
    assert "until Monday" not in page.open(Escalation.objects.get().get_absolute_url()).html
    assert b"until Monday" not in b"".join(page.client.get("/history/escalations.csv").streaming_content)


def of_an_escalation(visit, people):
    row = make_escalation(
        people["usgov"], instance="usgov", ticket_id=7009, account_id=ACME, contact_name="Dana Reyes", contact_email=DANA,
        state="completed",
    )  # fmt: skip
    follow_up.not_mine(row, said_by="Dana Reyes", reason="Moved to another team or role", right=None, by=people["usgov"], now=timezone.now())


def of_a_draft(visit, people):
    correct(visit("usgov").look_up(TICKET).choose("emergency"), about="whoever", instead="person", use_email=JOEL)


@pytest.mark.parametrize("recorded", [of_an_escalation, of_a_draft])
def test_no_row_of_a_correction_from_such_a_ticket_names_the_customer(recorded, visit, people):
    recorded(visit, people)
    said = Correction.objects.get()
    make_escalation(people["engineer"], customer_name="Acme Corp", account_id=said.account_id)  # the same account's ordinary ticket
    other = say(people["engineer"], account_id=said.account_id, account_name="Acme Corp", email=JOEL)  # and an ordinary correction
    html = visit().open("/corrections/").html
    assert "Acme" not in html.split(said.reference)[1].split("</tr>")[0]
    assert "Acme" in html.split(other.reference)[1].split("</tr>")[0]
    assert "Acme" not in visit().open(f"/corrections/{said.pk}/end/").html


def test_words_about_one_are_not_kept_in_the_session_of_nobody(visit, client):
    visit("usgov").look_up(TICKET).choose("emergency")
    draft = Draft.objects.get()
    client.logout()
    client.post(f"{draft.get_absolute_url()}words/", {"situation": "Harbor Point signing is down", "was-situation": ""})
    assert "Harbor" not in str([session.get_decoded() for session in Session.objects.all()])

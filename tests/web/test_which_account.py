"""Nobody names the Salesforce account: what it may be is shown, and what an engineer says is recorded as theirs."""

import pytest

from escalations.models import Draft, Escalation
from escalations.rules.facts import Seen
from tests.actions.factories import make_draft
from tests.conftest import NOON
from tests.rules import factories as given
from tests.web.test_follow_up_page import record

KESTREL = "0015e000000000LAAQ"


def line(seen) -> str:
    return seen.html.split('id="line-account"')[1].split("</li>")[0]


@pytest.fixture
def asked(visit):
    """Ticket 1023: its organization, Kestrel Robotics, is linked to no account."""
    return visit().look_up("1023")


def test_a_suggestion_is_no_answer(asked):
    assert "Which one is it?" in line(asked)
    assert "It is Kestrel Robotics" in line(asked)
    assert "same e-mail domain and same name" in line(asked)
    assert "nobody has said which Salesforce account it is" in asked.text
    assert "mentions nobody" in asked.text


def test_what_the_engineer_says_counts_and_is_on_record_as_theirs(asked, work, sandbox):
    asked.submit("/account/", account=KESTREL)
    assert "account Kestrel Robotics, chosen by Ana Lima" in line(asked)
    asked.choose("emergency").send()
    escalation = Escalation.objects.get()
    assert (escalation.account_id, bool(escalation.contact_name)) == (KESTREL, True)
    said = next(step["text"] for step in escalation.explanation if step["label"] == "Account")
    assert said == "Kestrel Robotics, chosen by Ana Lima: the ticket's organization names none"


def test_an_id_that_salesforce_does_not_have_asks_which_it_is(visit, people):
    found = {"id": KESTREL, "name": "Acme Corp", "type": "Customer", "website": None, "why": ["name"]}
    facts = given.facts(ticket=given.ticket(), errors=[("salesforce", "account", "not_found")])
    draft = make_draft(people["engineer"], facts=facts.having([Seen("salesforce", "accounts", [found], NOON)]))
    seen = visit().open(draft.get_absolute_url())
    assert "Salesforce has no account of the id that Zendesk names. Which one is it?" in line(seen)
    seen.client.post(f"{draft.get_absolute_url()}account/", {"account": KESTREL})
    assert Draft.objects.get().snapshots.get(key="account_choice").value["named"], "it stands until Zendesk names another"


def test_it_can_be_taken_back(asked):
    asked.submit("/account/", account=KESTREL)
    asked.submit("/account/", account="")
    assert "Which one is it?" in line(asked)
    assert not Draft.objects.get().snapshots.filter(key__in=("account", "account_choice"), value__isnull=False).exists()


def test_several_accounts_are_all_shown(asked, sandbox):
    sandbox.control("account", customer="Acme Corp", name="Kestrel Robotics")
    asked.submit("/look-up/account/")
    assert line(asked).count("It is Kestrel Robotics") == 2
    assert "same name only" in line(asked)


@pytest.mark.parametrize("account", ["0015e000000000001AAA", "x", "' OR Name LIKE '%"])
def test_only_what_was_suggested_can_be_chosen(asked, account):
    asked.client.post(f"{Draft.objects.get().get_absolute_url()}account/", {"account": account})
    assert not Draft.objects.get().snapshots.filter(key="account_choice").exists()


def test_a_ticket_that_moves_to_an_organization_leaves_the_choice_behind(asked, visit, sandbox):
    visit().look_up("1010")
    other = Draft.objects.get(ticket_id=1010).snapshots.get(source="zendesk", key="ticket").value["organization"]["id"]
    asked.open(Draft.objects.get(ticket_id=1023).get_absolute_url()).submit("/account/", account=KESTREL)
    sandbox.control("ticket", id=1023, organization_id=int(other))
    asked.submit("/look-up/ticket/")
    assert "account Juniper" in line(asked) and "chosen by" not in line(asked)


def test_another_account_of_the_same_name_is_not_asked_about_where_zendesk_names_one(visit, sandbox):
    sandbox.control("account", customer="Kestrel Robotics", name="Acme Corp")
    seen = visit().look_up("1001")
    assert "account Acme Corp" in line(seen)
    assert "Which one is it?" not in line(seen)


def test_of_us_government_tickets_nothing_is_searched_for(visit, sandbox):
    visit("usgov").look_up("https://portal-demo-usgov.zendesk.com/agent/tickets/5001")
    assert not Draft.objects.get().snapshots.filter(key="accounts").exists()


def test_salesforce_does_not_answer_the_search(visit, sandbox):
    sandbox.fault("salesforce", "500")
    seen = visit().look_up("1023")
    assert "answered with an error" in line(seen)
    assert seen.has_form("/look-up/account/")


def test_a_colleague_sees_that_it_was_not_said(asked, visit):
    seen = visit("teamlead").open(Draft.objects.get().get_absolute_url())
    assert "Its author has to say which account it is." in line(seen)
    assert seen.client.post(f"{Draft.objects.get().get_absolute_url()}account/", {"account": KESTREL}).status_code == 403


def test_why_you_is_who_they_are_and_not_who_chose_the_account(asked, visit, work):
    asked.submit("/account/", account=KESTREL).choose("customer-asked").send()
    work()
    escalation = Escalation.objects.get()
    page = visit("owner").open(f"/a/{escalation.reference}")
    assert "chosen by Ana Lima" not in page.text
    assert f"{escalation.contact_name}" in page.text.split("Why you")[1]


def test_it_outlives_an_undo_where_another_draft_is_open(visit, settings):
    settings.SEND_HOLD_SECONDS = 30
    seen = visit().look_up("1023").submit("/account/", account=KESTREL).choose("emergency").send()
    address, first = seen.address, Escalation.objects.get()
    seen.look_up("1023")
    assert "Which one is it?" in line(seen)
    seen.open(address).submit("/undo/")
    assert "the account you chose of what was undone" in seen.text
    assert "account Kestrel Robotics, chosen by Ana Lima" in line(seen)
    assert f"mentions {first.contact_name}" in seen.text, "what was read by that counts at once"


def test_what_the_other_draft_says_itself_stays(visit, settings, sandbox):
    settings.SEND_HOLD_SECONDS = 30
    sandbox.control("account", customer="Acme Corp", name="Kestrel Robotics")
    seen = visit().look_up("1023").submit("/account/", account=KESTREL).choose("emergency").send()
    address = seen.address
    seen.look_up("1023")
    other = next(one["id"] for one in Draft.objects.get(state__in=("open", "reviewed")).snapshots.get(key="accounts").value if one["id"] != KESTREL)
    seen.submit("/account/", account=other).open(address).submit("/undo/")
    assert Draft.objects.get(state__in=("open", "reviewed")).snapshots.get(key="account_choice").value["id"] == other
    assert "the account you chose" not in seen.text


def test_it_outlives_a_not_mine(visit, work):
    seen = visit().look_up("1023").submit("/account/", account=KESTREL).choose("emergency").send()
    work()
    record(seen, "not-mine", reason="Moved to another team or role", right="unknown")
    assert "chosen by Ana Lima" in line(seen.look_up("1023"))


def test_undo_takes_no_account_along_that_is_no_longer_the_tickets(visit, settings, sandbox):
    settings.SEND_HOLD_SECONDS = 30
    seen = visit().look_up("1001")
    acme = Draft.objects.get().snapshots.get(source="zendesk", key="ticket").value["organization"]["id"]
    address = seen.look_up("1023").submit("/account/", account=KESTREL).choose("emergency").send().address
    sandbox.control("ticket", id=1023, organization_id=int(acme))
    seen.look_up("1023")
    seen.open(address).submit("/undo/")
    assert "Acme Corp" in seen.text and "the account you chose" not in seen.text

"""The wizard without JavaScript, over everything the sandbox has: it always ends in a page that says what to do."""

import re
import time

import pytest

from escalations.actions import wizard
from escalations.models import AuditEvent, Delivery, Draft, Escalation
from sandbox import customers
from sandbox.tickets import SEEDS
from tests.actions.factories import make_draft
from tests.conftest import NOON
from tests.rules import factories as facts

TICKETS = [pytest.param(seed.instance, seed.id, id=f"{seed.instance}-{seed.id}") for seed in SEEDS]
HOSTS = {"main": "portal-demo.zendesk.com", "usgov": "portal-demo-usgov.zendesk.com"}
SAYS_WHAT_TO_DO = (
    "Choose a situation", "choose what fits", "Answer the question", "Close ticket", "Open a follow-up ticket", "Check the number",
    "Ask a row keeper", "Paste", "Look again",
)  # fmt: skip


def link(instance, number):
    return f"https://{HOSTS[instance]}/agent/tickets/{number}"


@pytest.mark.parametrize(("instance", "number"), TICKETS)
def test_every_ticket_ends_in_a_page_that_says_what_to_do(visit, instance, number):
    seen = visit("usgov").look_up(link(instance, number))
    assert seen.status == 200
    assert seen.can_send or any(words in seen.text for words in SAYS_WHAT_TO_DO), seen.text
    for scenario in seen.form("/situation/")["options"]["scenario"] if seen.has_form("/situation/") else ():
        seen.choose(scenario)
        assert seen.status == 200
        assert seen.can_send or any(words in seen.text for words in SAYS_WHAT_TO_DO), seen.text


def test_any_number_from_100000_up_is_a_ticket_as_well(visit):
    seen = visit().look_up("100123")
    assert seen.status == 200
    assert seen.has_form("/situation/")


BEFORE = "Selected for you by what was read before: check that it still fits."
# what the facts selected | what of the ticket is as it is now | what the page says
SELECTED = [
    ("customer-asked", {"tags": ["escalation_requested"]}, "Selected for you: the only decisive reason."),
    ("pass-lead", {"tags": ["new_business", "renewal"], "form": "License and Renewals"}, "Selected for you: the only decisive reasons."),
    ("customer-asked", {}, BEFORE),
    ("customer-asked", {"priority": "urgent"}, BEFORE),
    ("customer-asked", {"priority": "urgent", "tags": ["escalation_requested"]}, BEFORE),
]


@pytest.mark.parametrize(("row", "now", "says"), SELECTED)
def test_why_a_situation_is_selected(visit, people, mapping, row, now, says):
    draft = make_draft(people["engineer"], facts=facts.facts(ticket=facts.ticket(**now), account=facts.account(), **facts.known(facts.DANA)))
    wizard.choose(draft, scenario_key=row, by_facts=True, now=NOON)
    assert says in visit().open(draft.get_absolute_url()).text


BAD_PASTES = [
    ("", "Paste the ticket's link or its number."),
    ("hello", "no ticket number"),
    ("0", "no ticket number"),
    ("1001 and 1002", "several numbers"),
    ("9" * 40, "no ticket number"),
    ("https://evil.example.com/agent/tickets/1001", "Tickets are at"),
    ("https://portal-demo.zendesk.com.evil.example.com/agent/tickets/1", "Tickets are at"),
    ("https://portal-demo.zendesk.com/agent/users/1001", "not a ticket"),
    ("https://[bad/agent/tickets/1", "cannot be read"),
    ("<b onclick=x>bold</b>", "no ticket number"),
    ("\x00", "ticket"),
    ("x" * 5000, "no ticket number"),
]


@pytest.mark.parametrize(("pasted", "says"), BAD_PASTES)
def test_what_is_no_ticket_is_said_and_makes_no_draft(visit, pasted, says):
    seen = visit().look_up(pasted)
    assert seen.status == 422
    assert says in seen.text
    assert not Draft.objects.exists()


BAD_TICKETS = [
    ("does not exist", "4242", "There is no such ticket"),
    ("was deleted", "1020", "There is no such ticket"),
    ("is closed", "1019", "is closed"),
    ("belongs to no organization", "1011", "No organization"),
    ("belongs to an organization without an account", "1023", "not linked to an account"),
]


@pytest.mark.parametrize(("number", "says"), [row[1:] for row in BAD_TICKETS], ids=[row[0] for row in BAD_TICKETS])
def test_a_ticket_that(visit, number, says):
    seen = visit().look_up(number)
    assert seen.status == 200
    assert says in seen.text
    assert Draft.objects.get().is_live


SALESFORCE_IDS = [
    ("as 18 characters", None, True),
    ("as 15 characters", slice(0, 15), True),
    ("of a wrong length", slice(0, 12), False),
]


@pytest.mark.parametrize(("part", "found"), [row[1:] for row in SALESFORCE_IDS], ids=[row[0] for row in SALESFORCE_IDS])
def test_a_salesforce_id(visit, people, part, found):
    known = next(account.id for account in customers.build()[0].values() if account.name == "Acme Corp")
    organization = {**facts.ORGANIZATION, "salesforce_id": known[part] if part else known}
    draft = make_draft(people["engineer"], facts=facts.facts(ticket=facts.ticket(organization=organization)))
    seen = visit().open(draft.get_absolute_url())
    seen.submit("/look-up/account/")
    assert seen.status == 200
    assert ("account Acme Corp" in seen.text) == found
    assert found or "this one has 12" in seen.text


SERVICES = {"zendesk": "Zendesk", "salesforce": "Salesforce", "slack": "Slack"}
TROUBLES = [
    # kind, more, words, how it reads
    ("hang", {"seconds": 15}, "took too long to answer"),
    ("500", {}, "answered with an error"),
    ("html", {}, "answered something that is not data"),
    ("refuse_credentials", {}, "refused the portal's credentials"),
    ("429", {"retry_after": 30}, "asks us to wait"),
    ("reset", {}, "could not be reached"),
]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("kind", "more", "says"), TROUBLES, ids=[row[0] for row in TROUBLES])
def test_a_service_in_trouble_is_named_within_the_budget(visit, sandbox, settings, service, kind, more, says):
    if kind == "hang":  # the others answer at once, and on a busy machine a short budget would be what is said of them
        settings.LOOKUP_BUDGET_SECONDS = 1.0
    sandbox.fault(service, kind, **more)
    began = time.monotonic()
    seen = visit("engineer").look_up("1001")
    assert time.monotonic() - began < 6, "the budget of one second, with room for a busy machine"
    assert seen.status == 200
    assert says in seen.text
    assert SERVICES[service] in seen.text
    assert Draft.objects.get().is_live
    assert "Look again" in seen.text


def test_when_the_service_is_back_looking_again_finds_everything(visit, sandbox):
    sandbox.fault("salesforce", "500")
    seen = visit().look_up("1001")
    assert "mentions Dana Reyes" not in seen.text
    sandbox.session.delete(f"{sandbox.base}/control/faults", timeout=5)
    seen.submit("/look-up/account/")
    assert "mentions Dana Reyes" in seen.text
    assert seen.can_send


def test_going_on_without_salesforce_goes_to_the_channel_without_a_mention(visit, sandbox):
    sandbox.fault("salesforce", "500")
    seen = visit().look_up("1001").submit("/go-on/account/")
    assert "left out by the engineer" in seen.text
    assert "mentions nobody" in seen.text


def test_the_engineers_own_words_are_kept_and_can_be_taken_back(visit):
    seen = visit().look_up("1001").submit("/words/", situation="Mine: the disk is gone.")
    assert "Mine: the disk is gone." in seen.text
    seen.submit("/words/", reset="1")
    assert "Mine: the disk is gone." not in seen.text


def test_an_emptied_box_shows_the_ready_words_again_and_says_so(visit):
    seen = visit().look_up("1001")
    ready = seen.form("/words/")["fields"]["situation"]
    seen.submit("/words/", situation="Mine.").submit("/words/", situation=" \r\n ")
    assert seen.form("/words/")["fields"]["situation"] == ready
    assert "Situation: left empty, so the ready words are sent." in seen.text
    part = seen.client.post(f"{seen.address}words/", {"ask": "", "was-ask": "Call."}, headers={"HX-Request": "true"})
    assert '<p id="emptied" class="small" hx-swap-oob="true">Ask: left empty, so the ready words' in part.content.decode()


def test_an_open_question_is_asked_and_its_answer_opens_the_way(visit):
    seen = visit().look_up("1024").choose("pass-lead")
    assert not seen.can_send
    assert '<a href="#answer-license-kind-new_business">Is it new business or a renewal?</a>' in seen.html
    assert '<a href="#answer-license-kind-new_business">Is it new' in seen.send().html, (
        "so does the refusal of a forged Send"
    )
    seen.choose("pass-lead", **{"answer-license-kind": "renewal"})
    assert seen.can_send
    assert "#account-management" in seen.text


def test_do_not_escalate_is_an_outcome(visit):
    seen = visit().look_up("1005")
    assert "Do not escalate" in seen.text
    assert not seen.can_send
    seen.submit("/do-not-escalate/", because="Yes, there is one")
    assert "Ended without escalating" in seen.text
    seen.submit("/reopen/")
    assert "Do not escalate" in seen.text


@pytest.mark.parametrize("because", ["  ", "\x00"])
def test_do_not_escalate_wants_a_reason(visit, because):
    seen = visit().look_up("1001").submit("/do-not-escalate/", because=because)
    assert seen.status == 422
    assert '<a href="#id_because">Say in a few words why not' in seen.html
    assert re.search(r'<details [^>]*id="none-of-these" open>', seen.html)


def test_a_discarded_draft_stays_at_its_address(visit):
    seen = visit().look_up("1001")
    address = seen.address
    assert "is discarded" in seen.submit("/discard/").text
    assert f'<a href="{address}">See or reopen it</a>' in seen.html
    assert "This draft is discarded" in seen.open(address).text
    assert seen.submit("/reopen/").can_send


def test_a_colleague_reads_a_draft_and_takes_it_over(visit):
    address = visit("engineer").look_up("1001").address
    seen = visit("teamlead").open(address)
    assert "Ana Lima" in seen.text
    assert not seen.has_form("/send/")
    seen.submit("/take-over/")
    assert seen.has_form("/send/")


def test_sent_twice_is_sent_once_and_back_leads_to_the_escalation(visit):
    seen = visit().look_up("1001")
    address, form = seen.address, seen.form("/send/")
    seen.send()
    assert "ESC-" in seen.text
    first = seen.address
    again = seen.client.post(form["action"], form["fields"])
    assert (again.status_code, again["Location"]) == (302, first)
    assert seen.open(address).address == first
    assert (Escalation.objects.count(), Delivery.objects.count()) == (1, 2)
    assert AuditEvent.objects.filter(action="escalation.submitted").count() == 1


def test_what_changed_since_the_review_is_said_with_409(visit, sandbox, settings):
    settings.FACTS_FRESH_SECONDS = -1
    seen = visit().look_up("1001")
    sandbox.control("account", customer="Acme Corp", csm="joel.sandberg@example.com")
    seen.send()
    assert seen.status == 409
    assert "Joel Sandberg (was Dana Reyes)" in seen.text
    assert not Escalation.objects.exists()
    assert "ESC-" in seen.send().text
    assert Escalation.objects.get().contact_name == "Joel Sandberg"


def test_an_expired_seal_is_reviewed_again_and_keeps_the_words(visit, settings):
    settings.SEAL_SECONDS = -1
    seen = visit().look_up("1001").submit("/words/", situation="Mine.").send()
    assert seen.status == 409
    assert "more than 15 minutes ago" in seen.text
    assert "Mine." in seen.text


def test_what_will_be_sent_and_what_was_sent_stand_in_one_order(visit):
    seen = visit().look_up("1001")
    before = re.findall(r'<article class="leg" data-system="(\w+)"', seen.html)
    seen.send()
    assert before == ["slack", "zendesk"]
    assert re.findall(r'<article class="leg" data-system="(\w+)"', seen.html) == before
    assert re.findall(r'<li class="receipt".*?<strong>(\w+)</strong>', seen.html, re.DOTALL) == ["Slack", "Zendesk"]


@pytest.mark.parametrize(("ticket", "said"), [("1001", "2 people found"), ("1017", "nobody found beside you")])
def test_whoever_looks_is_not_among_those_who_were_found(visit, ticket, said):
    assert f"Slack {said}" in visit().look_up(ticket).text

"""What becomes of the tickets where the usual person, place or ticket is missing."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.hand import Hand, address_of, card, on_escalation, open_draft, ready, send_button


@dataclass(frozen=True)
class Outcome:
    """`says` stands on the page before Send; `mentions` are the people besides the author."""

    ticket: int
    act: str
    says: str
    mentions: str = ""
    followers: tuple = ()

    def __str__(self):
        return str(self.ticket)


# fmt: off
OUTCOMES = [
    Outcome(1015, "Send Grace Molina and you a direct message and note ticket 1015", "Grace Molina, Account Owner",
            "Grace Molina", ("grace.molina@example.com",)),
    Outcome(1016, "Send to Ben Foster in #account-management", "AMER SMB Sales User is a pool user", "Ben Foster"),
    Outcome(1017, "Post in #account-management", "No AO was found, so nobody is tagged."),
    Outcome(1018, "Send to Grace Molina in #account-management", "Piotr Nowak has left", "Grace Molina"),
    Outcome(1023, "Post in #account-management and note ticket 1023", "the organization is not linked to an account"),
    Outcome(1026, "Send Omar Haddad and you a direct message and note ticket 1026", "“Maria Silva” is only a name",
            "Omar Haddad", ("omar.haddad@example.com",)),
    Outcome(1027, "Send to Ben Foster in #account-management", "Keiko Tanaka is away", "Ben Foster"),
    Outcome(1028, "Post in #account-management and note ticket 1028", "Elif Kaya was not found in Slack",
            "", ("elif.kaya@example.com",)),
    Outcome(1029, "Send Carlos Pinto and you a direct message and note ticket 1029",
            "Carlos Pinto is an end user in Zendesk", "Carlos Pinto"),
    Outcome(1030, "Send Omar Haddad and you a direct message and note ticket 1030", "#a_birch-internal is archived",
            "Omar Haddad", ("omar.haddad@example.com",)),
    Outcome(1031, "Send Omar Haddad and you a direct message and note ticket 1031", "Noah Weiss has left",
            "Omar Haddad", ("omar.haddad@example.com",)),
]
# fmt: on


@pytest.mark.parametrize("outcome", OUTCOMES, ids=str)
def test_somebody_else_or_nobody(page, sandbox, work, outcome):
    open_draft(page, outcome.ticket)
    button = ready(page, outcome.act)
    expect(page.locator("#main")).to_contain_text(outcome.says)
    button.click()
    on_escalation(page)
    work()
    [message] = sandbox.effects("message")
    assert ", ".join(p["name"] for p in message["mentions"] if p["name"] != "Ana Lima") == outcome.mentions
    assert tuple(effect["user_email"] for effect in sandbox.effects("follower")) == outcome.followers
    assert not sandbox.effects("email_cc") and not sandbox.effects("public_comment")


def test_do_not_escalate_an_upgrade_that_has_its_issue(page, sandbox, work):
    hand = Hand(page)
    hand.open(f"/escalate/?ticket={address_of(1005)}")
    expect(page.locator("#review")).to_contain_text("An internal issue exists, so the CSM already knows.")
    expect(page.locator("#question-internal-issue")).to_contain_text("Filled in: the ticket is tagged internal_issue.")
    hand.click(page.get_by_role("button", name="End here: do not escalate ticket 1005"))
    expect(page.locator("main > .notice")).to_contain_text("Yes, there is one")
    assert hand.count == 2
    work()
    assert sandbox.ledger() == []


def test_a_closed_ticket_cannot_be_sent(page):
    open_draft(page, 1019)
    expect(page.locator("#line-people")).to_have_attribute("data-state", "done")
    expect(send_button(page)).to_be_disabled()
    expect(page.locator("#why-not")).to_have_text("Ticket 1019 is closed; Zendesk takes no notes on it. Open a follow-up ticket in Zendesk and escalate that one.")
    expect(page.locator("#review")).to_contain_text("Open a follow-up ticket in Zendesk and escalate that one.")


@pytest.mark.parametrize("ticket", [1020, 1999], ids=["deleted", "never-there"])
def test_a_ticket_that_is_not_there(page, ticket):
    open_draft(page, ticket)
    expect(page.locator("#ticket")).to_contain_text("There is no such ticket in Zendesk, or it was deleted.")
    expect(page.locator("#line-account")).to_contain_text("not asked: the ticket was not read")
    expect(page.locator("#situation .card")).to_have_count(0)
    expect(page.get_by_role("button", name="Send")).to_have_count(0)


@pytest.mark.parametrize(
    ("ticket", "why"),
    [(1021, "No reason decides: choose what fits."), (1022, "Several reasons decide, for different situations: choose what fits.")],
    ids=["no-signal", "a-tie"],
)
def test_nothing_decides_so_nothing_is_selected(page, ticket, why):
    hand = Hand(page)
    hand.open(f"/escalate/?ticket={address_of(ticket)}")
    expect(page.locator("#line-people")).to_have_attribute("data-state", "done")
    expect(page.locator("#situation")).to_contain_text(why)
    expect(page.locator("#situation .card input:checked")).to_have_count(0)
    expect(page.locator("#review")).to_contain_text("Choose a situation")
    hand.click(card(page, "The customer asked for an escalation"))
    hand.click(ready(page))
    on_escalation(page)
    assert hand.count == 3


def test_an_open_question_holds_the_button_and_names_itself(page, sandbox, work):
    hand = Hand(page)
    hand.open(f"/escalate/?ticket={address_of(1024)}")
    hand.click(card(page, "Pass a lead to Sales"))
    expect(page.locator("#line-people")).to_have_attribute("data-state", "done")
    expect(page.locator("#why-not")).to_have_text("Is it new business or a renewal?")
    expect(send_button(page)).to_be_disabled()
    page.locator("#review .problem").get_by_role("link", name="Is it new business or a renewal?").click()
    expect(page.get_by_role("radio", name="New business", exact=True)).to_be_focused()
    hand.click(page.get_by_role("radio", name="Renewal", exact=True))
    hand.click(ready(page, "Post in #account-management and note ticket 1024, Omar Haddad in cc"))
    on_escalation(page)
    assert (hand.count, hand.typed) == (4, 0)
    work()
    assert [effect["target"] for effect in sandbox.effects("message")] == ["C0ACCTMGMT1"]


def test_hostile_texts_stay_texts(page, sandbox, work):
    """Dialogs, uncaught errors and violations of the policy are complaints, which fail every test."""
    open_draft(page, 1025)
    ready(page, "Send Dana Reyes and you a direct message and note ticket 1025")
    expect(page.locator(".subject")).to_contain_text("<script>alert(1)</script>")
    assert page.locator("#main script, #main b").count() == 0
    send_button(page).click()
    on_escalation(page)
    work()
    expect(page.locator("#deliveries-title")).to_have_text("Delivered")
    page.goto("/history/")
    expect(page.locator("#rows")).to_contain_text("<script>alert('customer')</script>")
    page.goto("/")
    expect(page.locator("#main")).to_contain_text("<script>alert('customer')</script>")
    [message] = sandbox.effects("message")
    assert {person["name"] for person in message["mentions"]} == {"Ana Lima", "Dana Reyes"}
    assert not message["broadcast"]
    [note] = sandbox.effects("note")
    assert note["public"] is False and "{{" not in note["text"]
    assert not [effect for effect in sandbox.ledger() if effect["kind"] == "user_created"]


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ("hello", "The ticket could not be read"),
        ("https://example.com/tickets/1001", "The ticket could not be read"),
        ("https://portal-demo.zendesk.com/agent/users/1001", "The ticket could not be read"),
    ],
)
def test_what_is_no_ticket_is_said_and_the_text_stays(page, watch, pasted, says):
    watch.expect("422")
    page.goto("/")
    field = page.get_by_label("Ticket link or number")
    field.fill(pasted)
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_role("alert").filter(has_text=says)).to_be_focused()
    expect(field).to_have_value(pasted)
    expect(field).to_have_attribute("aria-invalid", "true")


def test_a_us_government_ticket_shows_links_only(as_person, sandbox, work):
    page = as_person("usgov")
    page.goto(f"/escalate/?ticket={address_of(7001, 'usgov')}")
    ready(page).click()
    on_escalation(page)
    work()
    expect(page.locator("#deliveries-title")).to_have_text("Delivered")
    for told in (page.content(), str(sandbox.ledger())):
        assert "Harbor" not in told and "pilots" not in told
    assert [effect["public"] for effect in sandbox.effects("note")] == [False]


def test_a_us_government_ticket_is_refused_to_others(page, watch):
    watch.expect("403")
    page.goto(f"/escalate/?ticket={address_of(7001, 'usgov')}")
    expect(page.locator(".error-summary")).to_contain_text("only the group US Government may open it")
    expect(page.get_by_label("Ticket link or number").first).to_be_visible()
    assert "Harbor" not in page.content()

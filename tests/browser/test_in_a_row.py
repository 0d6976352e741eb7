"""Five lead tickets, one after the other: pasted at once, each read ahead, sent with one press."""

import re
import time

from playwright.sync_api import expect

from tests.browser.hand import Hand, address_of, card, ready

LICENSE = "License and Renewals"
LEADS = (1008, 1009, 1010, 1021, 1024)


def prepared(sandbox):
    for ticket, kind in ((1010, "new_business"), (1021, "renewal")):
        sandbox.control("ticket", id=ticket, form=LICENSE, tags=[kind])


def test_five_lead_tickets_take_a_minute_at_most_and_eleven_interactions(page, sandbox, work):
    from escalations.models import Draft, Escalation

    prepared(sandbox)
    hand, began = Hand(page), time.monotonic()
    hand.open("/")
    hand.paste("\n".join(address_of(ticket) for ticket in LEADS))
    for ticket in LEADS:
        expect(page.get_by_role("navigation", name="Tickets in a row")).to_contain_text(f"Ticket {LEADS.index(ticket) + 1} of 5")
        expect(page.locator("h1")).to_have_text(f"Escalate ticket {ticket}")
        if ticket == 1024:  # nothing says which kind it is, nor that it is a lead at all
            hand.click(card(page, "Pass a lead to Sales"))
            hand.click(page.get_by_role("radio", name="New business", exact=True))
        ready(page)
        last = ticket == LEADS[-1]
        hand.click(ready(page) if last else page.get_by_role("button", name="Send and next"))
    page.wait_for_url(re.compile(r"/escalations/\d+/$"))
    assert time.monotonic() - began < 60
    assert hand.count <= 11
    assert list(Escalation.objects.order_by("pk").values_list("ticket_id", flat=True)) == list(LEADS)
    assert {tuple(draft.edits) for draft in Draft.objects.all()} == {()}
    work()
    assert len(sandbox.effects("note")) == 5


def test_the_next_ticket_is_there_when_one_comes_to_it(page, sandbox):
    """Read while the one before was looked at: with every service slow, the next page still shows its facts at once."""
    prepared(sandbox)
    Hand(page).open("/")
    with page.expect_response("**/ahead/"):
        Hand(page).paste("1008 1009")
    for service in ("zendesk", "salesforce", "slack"):
        sandbox.fault(service, "hang", seconds=15)
    page.get_by_role("link", name="Next: 1009").click()
    expect(page.locator("#line-people")).to_have_attribute("data-state", "done", timeout=3000)


def test_words_that_were_just_typed_go_along_with_send_and_next(page, sandbox, work):
    from escalations.models import Escalation

    page.goto("/")
    Hand(page).paste("1008 1009")
    ready(page)
    page.get_by_text("Change the words").click()
    page.get_by_role("textbox", name="Situation").fill("They sign this week.")
    page.get_by_role("button", name="Send and next").click()
    expect(page.locator("h1")).to_have_text("Escalate ticket 1009")
    assert Escalation.objects.get().texts["sent"]["situation"] == "They sign this week."


def test_the_keyboard_presses_the_button_beside_which_it_stands(page, work):
    """In a row that is the one that goes on, and on the last ticket the only one."""
    from escalations.models import Escalation

    page.goto("/")
    Hand(page).paste("1008 1009")
    ready(page)
    next_button = page.get_by_role("button", name="Send and next")
    assert next_button.evaluate("button => button.nextElementSibling.textContent") == "Ctrl+Enter"
    page.get_by_text("Change the words").click()
    page.get_by_role("textbox", name="Situation").fill("They sign this week.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Escalate ticket 1009")
    assert Escalation.objects.get().texts["sent"]["situation"] == "They sign this week."
    ready(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/escalations/\d+/$"))
    expect(page.locator("#row-done")).to_contain_text("All 2 tickets are done: 1008 escalated as ")

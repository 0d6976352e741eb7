"""The pre-flight line in a real browser: a person who is not in the channel is told both ways, with the keyboard alone."""

from playwright.sync_api import expect

from tests.browser.hand import Hand, address_of, on_escalation, open_draft, ready

ONE = "Send to Hanna Virtanen in #a_elder-grove-internal and note ticket 1033"
BOTH = "Send to Hanna Virtanen in #a_elder-grove-internal and as a direct message, and note ticket 1033"
ELDER, BOREALIS = "C0ACCT0033", "C0ACCT0002"


def settled(page) -> None:
    """The focus is back 20 ms before a swapped form is htmx's: pressed in between, it is sent as a plain form."""
    expect(page.locator(".htmx-added")).to_have_count(0)


def test_a_mention_that_would_reach_nobody_is_mended_and_both_arrive(page, sandbox, work):
    hand = Hand(page)
    hand.open(f"/escalate/?ticket={address_of(1033)}")
    ready(page, ONE)
    check = page.locator(".check").first
    expect(check).to_contain_text("Hanna Virtanen is not in #a_elder-grove-internal: a mention there does not reach them.")
    hand.click(page.get_by_role("button", name="Send them a direct message as well"))
    ready(page, BOTH)
    expect(page.locator("#announcer")).to_contain_text("as a direct message")
    focused = page.get_by_role("button", name="Do not send the direct message")
    expect(focused).to_be_focused()
    settled(page)
    hand.press("Enter")
    ready(page, ONE)
    expect(page.get_by_role("button", name="Send them a direct message as well")).to_be_focused()
    settled(page)
    hand.press("Enter")
    ready(page, BOTH)
    hand.press("Control+Enter")
    on_escalation(page)
    work()
    expect(page.locator("#deliveries-title")).to_have_text("Delivered")
    effects = sandbox.ledger()
    in_channel, directly = [effect for effect in effects if effect["kind"] == "message"]
    [opened] = [effect for effect in effects if effect["kind"] == "conversation_opened"]
    assert in_channel["target"] == ELDER and directly["target"] == opened["target"]
    assert sorted(opened["target_name"].split(", ")) == ["Ana Lima", "Hanna Virtanen"]
    assert (in_channel["text"], in_channel["blocks"]) == (directly["text"], directly["blocks"])
    assert [effect["target"] for effect in effects if effect["kind"] == "note"] == [1033]


def test_who_may_not_see_the_ticket_is_not_added(page, sandbox, work):
    open_draft(page, 1034)
    ready(page).click()
    on_escalation(page)
    work()
    expect(page.locator("#deliveries-title")).to_have_text("Delivered")
    assert {effect["kind"] for effect in sandbox.ledger()} - {"ticket_changed"} == {"message", "note", "conversation_opened"}


def test_the_portal_joins_a_public_channel_and_the_focus_stays_nearby(page, sandbox):
    open_draft(page, 1002)
    ready(page)
    page.get_by_role("button", name="Let the portal join #a_borealis-internal").click()
    ready(page, "Send to Joel Sandberg in #a_borealis-internal and note ticket 1002")
    expect(page.locator("#announcer")).to_contain_text("The portal is in the channel now.")
    expect(page.locator("#check-1")).to_be_focused()
    assert [(effect["kind"], effect["target"]) for effect in sandbox.ledger()] == [("joined", BOREALIS)]


def test_what_slack_has_against_it_is_an_alert(page, sandbox, watch):
    watch.expect("409")
    open_draft(page, 1002)
    ready(page)
    sandbox.control("channel", id=BOREALIS, archived=True)
    page.get_by_role("button", name="Let the portal join #a_borealis-internal").click()
    expect(page.locator("#alerts")).to_contain_text("Slack has archived this channel.")
    ready(page, "Send Joel Sandberg and you a direct message and note ticket 1002")

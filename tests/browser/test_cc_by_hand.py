"""Ticket 1001: a follower is made an e-mail cc by hand, with a reason, and the reason is on the record."""

from playwright.sync_api import expect

from tests.browser.hand import on_escalation, open_draft, ready
from tests.browser.pages import change_cc

ACT = "Send to Dana Reyes in #a_acme-internal and note ticket 1001"


def test_a_follower_is_made_a_cc_with_a_reason(page, sandbox, work):
    open_draft(page, 1001)
    ready(page, ACT)
    change_cc(page)
    reason, button = page.get_by_label("Why the customer"), page.get_by_role("button", name="Make them an e-mail cc")
    button.click()  # without a reason the browser itself does not send it
    assert reason.evaluate("field => field.validity.valueMissing")
    reason.fill("The customer asked to have her address")
    button.click()
    ready(page, f"{ACT}, Dana Reyes in cc")
    expect(page.locator("#legs")).to_contain_text("Dana Reyes in cc: the customer sees the address")
    page.get_by_role("button", name="Make them a follower again").click()
    ready(page, ACT)
    expect(reason).to_be_visible()  # it was open, and is
    reason.fill("The customer asked to have her address")
    page.keyboard.press("Enter")
    ready(page, f"{ACT}, Dana Reyes in cc").click()
    on_escalation(page)
    expect(page.locator("main")).to_contain_text("instead of a follower: “The customer asked to have her address”")
    work()
    assert [one["user_email"] for one in sandbox.effects("email_cc")] == ["dana.reyes@example.com"]

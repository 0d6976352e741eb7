"""Words typed while the sign-in has expired: they stand in the draft again after signing in."""

from playwright.sync_api import expect

from tests.browser.hand import open_draft, ready


def test_words_typed_after_the_sign_in_expired_are_not_lost(page):
    address = open_draft(page, 1001)
    ready(page)
    page.locator("#words summary").click()
    page.context.clear_cookies(name="sessionid")
    page.locator("#id_situation").fill("Their release on Friday depends on it, and they asked for a call.")
    page.get_by_role("button", name="Ana Lima").click()
    page.wait_for_url(address)
    ready(page)
    expect(page.locator("#legs")).to_contain_text("depends on it", timeout=5000)

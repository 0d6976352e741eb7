"""The database stops while somebody works, in a real browser: what the page says, and what a second press does."""

import pytest
from playwright.sync_api import expect

from escalations.models import Escalation
from tests.browser.hand import card, on_escalation, open_draft, ready, review
from tests.browser.test_taking_back import SCRIPTS, send, send_without_scripts
from tests.databases import stopped

AWAY = "The portal’s database is not answering"


@pytest.fixture(autouse=True)
def expected(watch):
    watch.expect("503")


@SCRIPTS
@pytest.mark.parametrize("way", ["press again", "go back"])
def test_send_in_an_outage_and_once_more_after_it_sends_once(as_person, sandbox, work, scripts, way):
    page = as_person("engineer", java_script_enabled=scripts)
    button = review(page, 1001, scripts=scripts)
    with stopped():
        button.click()
        expect(page.get_by_role("heading")).to_have_text(AWAY)
        expect(page.locator("main")).to_contain_text("however often, it is sent once")
    if way == "press again":
        page.get_by_role("button", name="Press again").click()
    else:
        page.go_back()
        ready(page).click()
    on_escalation(page)
    work()
    assert len(sandbox.effects("message")) == len(sandbox.effects("note")) == Escalation.objects.count() == 1


@SCRIPTS
def test_undo_in_an_outage_says_what_may_come_and_can_be_pressed_again(as_person, settings, sandbox, work, scripts):
    settings.SEND_HOLD_SECONDS = 60.0
    page = as_person("engineer", java_script_enabled=scripts)
    (send if scripts else send_without_scripts)(page)
    with stopped():
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("main")).to_contain_text("it may be sent all the same: then withdraw it from the escalation’s page")
    page.get_by_role("button", name="Press again").click()
    expect(page.get_by_role("status")).to_contain_text("Undone, nothing was sent.")
    work()
    assert sandbox.ledger() == []


def test_a_page_that_looks_again_says_it_once_and_until_it_is_over(page):
    page.goto("/status/")
    page.evaluate("window.said = 0; new MutationObserver(() => { window.said += 1 }).observe(document.getElementById('alerts'), {childList: true})")
    with stopped():
        expect(page.get_by_role("alert")).to_contain_text(AWAY)
        for _ in range(2):
            with page.expect_response("**/status/"):
                pass
        assert page.evaluate("window.said") == 1
    expect(page.get_by_role("alert")).to_be_empty()


def test_a_choice_that_was_not_taken_does_not_look_taken(page):
    open_draft(page, 1001)
    ready(page)
    before = page.locator(".card input:checked").count() and page.locator(".card input:checked").get_attribute("value")
    other = card(page, "The customer asked for an escalation")
    with stopped():
        other.click()
        expect(page.get_by_role("alert")).to_contain_text(AWAY)
        expect(page.locator(f".card input[value='{before}']")).to_be_checked()
    other.click()
    expect(page.get_by_role("alert")).to_be_empty()
    expect(page.locator("#situation")).to_contain_text("You chose it.")

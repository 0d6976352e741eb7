"""Send at 08:00 their time, in a real Chromium and without JavaScript: nothing leaves, Undo works, and words typed last are kept."""

import re

import pytest
from playwright.sync_api import expect

from escalations.models import Delivery, Escalation
from tests.actions.factories import off_until_in_three_days
from tests.browser.hand import on_escalation, review

SCHEDULED = re.compile(r"^Scheduled for \w{3} 08:00 in Los Angeles \(\w{3} 1[56]:00 UTC\)\.")
LATER = re.compile(r"^Send \w{3} 08:00 their time$")
ACT = "Send to Dana Reyes in #a_acme-internal and note ticket 1001"


@pytest.fixture(autouse=True)
def off(portal, people):
    off_until_in_three_days(people["publisher"])


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_it_waits_for_the_morning_and_undo_gives_the_draft_back(as_person, sandbox, work, scripts):
    page = as_person("engineer", java_script_enabled=scripts)
    review(page, 1001, ACT, scripts=scripts)
    expect(page.locator(".hours")).to_contain_text("in Los Angeles, off work until")
    page.get_by_role("button", name=LATER).click()
    on_escalation(page)
    expect(page.locator(".hold strong")).to_have_text(SCHEDULED)
    expect(page.locator(".countdown")).to_have_count(0)
    work()
    assert sandbox.ledger() == []
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url(re.compile(r"/drafts/[0-9a-f-]+/$"))
    expect(page.get_by_role("status")).to_contain_text("Undone, nothing was sent.")


def test_send_now_on_the_escalations_page_ends_the_wait(as_person, sandbox, work):
    page = as_person("engineer")
    review(page, 1001, ACT)
    page.get_by_role("button", name=LATER).click()
    on_escalation(page)
    page.get_by_role("button", name="Send now").click()
    expect(page.locator(".hold")).to_have_count(0)
    work()
    assert len(sandbox.effects("message")) == 1


def test_words_typed_last_wait_with_it(as_person):
    """They are stored first, and then the same button is pressed: never the other one, which sends at once."""
    page = as_person("engineer")
    review(page, 1001, ACT)
    page.get_by_text("Change the words").click()
    page.locator("#id_situation").fill("The whole of Acme stands still.")
    page.get_by_role("button", name=LATER).click()
    sent = Escalation.objects.get(pk=on_escalation(page))
    assert sent.texts["sent"]["situation"] == "The whole of Acme stands still."
    assert set(Delivery.objects.values_list("due_at", flat=True)) == {sent.hold_until}
    expect(page.locator(".hold strong")).to_have_text(SCHEDULED)


def test_ctrl_enter_sends_at_once(as_person):
    page = as_person("engineer")
    review(page, 1001, ACT)
    page.keyboard.press("Control+Enter")
    on_escalation(page)
    expect(page.get_by_text("Scheduled for")).to_have_count(0)

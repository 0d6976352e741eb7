"""Each service down in each way: the page ends with a clear sentence in time, and there is a way on."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.hand import card, on_escalation, open_draft, ready, send_button

TRIPS = {"zendesk": "ticket", "salesforce": "account", "slack": "people"}
KINDS = {
    "hang": "took too long to answer",
    "500": "answered with an error",
    "html": "answered something that is not data",
    "refuse_credentials": "refused the portal's credentials",
}


def heal(sandbox) -> None:
    assert sandbox.session.delete(f"{sandbox.base}/control/faults", timeout=5).ok


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("service", TRIPS)
def test_the_line_says_what_is_wrong_and_looking_again_mends_it(page, sandbox, settings, service, kind):
    if kind == "hang":
        settings.LOOKUP_BUDGET_SECONDS = 2.5
    sandbox.fault(service, kind, seconds=15)
    open_draft(page, 1001)
    line = page.locator(f"#line-{TRIPS[service]}")
    expect(line).to_have_attribute("data-state", "error")
    expect(line).to_contain_text(KINDS[kind])
    expect(page.locator("#line-people")).to_have_attribute("data-state", "error" if service == "slack" else "empty" if service == "zendesk" else "done")  # fmt: skip
    if service == "zendesk":
        expect(page.locator("#ticket .problem")).to_contain_text("Nothing is lost: press Look again")
        expect(send_button(page)).to_have_count(0)
    else:
        expect(page.locator("#review .problem").first).to_be_visible()
    settings.LOOKUP_BUDGET_SECONDS = 9.0
    heal(sandbox)
    line.get_by_role("button", name="Look again").click()
    ready(page, "Send to Dana Reyes in #a_acme-internal and note ticket 1001")


def test_a_service_that_hangs_ends_within_the_budget(page, sandbox, settings):
    assert settings.LOOKUP_BUDGET_SECONDS == 9.0
    sandbox.fault("salesforce", "hang", seconds=15)
    begun = time.monotonic()
    open_draft(page, 1001)
    expect(page.locator("#line-account")).to_have_attribute("data-state", "error")
    expect(page.locator("#line-people")).to_have_attribute("data-state", "done")
    assert time.monotonic() - begun < 9 + 3  # the browser's own time on a busy machine
    expect(page.locator("#review")).to_contain_text("Salesforce took too long to answer")


def test_after_three_seconds_one_can_go_on_without(page, sandbox, work):
    sandbox.fault("salesforce", "hang", seconds=7)
    open_draft(page, 1001)
    expect(page.locator("#line-account")).to_have_attribute("data-state", "looking")
    go_on = page.get_by_role("button", name="Go on without")
    expect(go_on).to_be_hidden()
    expect(go_on).to_be_visible()
    expect(page.get_by_role("button", name="Look again", exact=True)).to_be_visible()
    go_on.click()
    expect(page.locator("#line-account")).to_contain_text("was left out by the engineer")
    ready(page, "Post in #account-management and note ticket 1001").click()
    on_escalation(page)
    work()
    assert [effect["target"] for effect in sandbox.effects("message")] == ["C0ACCTMGMT1"]


def test_after_three_seconds_one_can_go_on_without_the_ticket_itself(page, sandbox):
    """Everything is offered and shown, nothing can be sent; the answer that comes late moves nothing."""
    sandbox.fault("zendesk", "hang", seconds=6)
    open_draft(page, 1001)
    page.locator("#line-ticket").get_by_role("button", name="Go on without").click()
    expect(page.locator("#line-ticket")).to_contain_text("was left out by the engineer")
    expect(page.locator("#situation .card")).to_have_count(9)
    card(page, "The customer asked for an escalation").click()
    expect(page.locator("#by-hand pre")).to_contain_text("A customer asked for an escalation of ticket 1001.")
    expect(send_button(page)).to_be_disabled()
    expect(page.locator("#ticket .problem")).to_be_hidden()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#line-ticket")).to_have_attribute("data-state", "skipped")
    heal(sandbox)
    page.locator("#review .problem").get_by_role("button", name="Look again").click()
    ready(page, "Send to Dana Reyes in #a_acme-internal and note ticket 1001")
    expect(page.locator("#situation")).to_contain_text("You chose it.")


def test_after_three_seconds_one_can_look_again(page, sandbox):
    sandbox.fault("salesforce", "hang", seconds=7, times=1)
    open_draft(page, 1001)
    again = page.locator("#line-account").get_by_role("button", name="Look again")
    expect(page.locator("#line-account")).to_have_attribute("data-state", "looking")
    expect(again).to_be_visible()
    again.click()
    ready(page, "Send to Dana Reyes in #a_acme-internal and note ticket 1001")


def test_a_late_answer_moves_and_deselects_nothing(page, sandbox):
    sandbox.control("latency", salesforce=1500)
    open_draft(page, 1013)
    card(page, "Professional Services engagement request").click()
    expect(page.locator("#situation")).to_contain_text("You chose it.")
    before = page.locator(".card__title").all_inner_texts()
    expect(page.locator("#line-people")).to_have_attribute("data-state", "done")
    assert page.locator(".card__title").all_inner_texts() == before
    expect(page.locator(".card", has=page.locator("input:checked"))).to_contain_text("Professional Services")


@pytest.mark.parametrize("service", TRIPS)
def test_without_javascript_the_same_sentences_stand_there(as_person, sandbox, service):
    page = as_person("engineer", java_script_enabled=False)
    sandbox.fault(service, "500")
    page.goto("/")
    page.get_by_label("Ticket link or number").fill("1001")
    page.get_by_role("button", name="Look up").click()
    line = page.locator(f"#line-{TRIPS[service]}")
    expect(line).to_contain_text("answered with an error")
    heal(sandbox)
    line.get_by_role("button", name="Look again").click()
    ready(page, "Send to Dana Reyes in #a_acme-internal and note ticket 1001")


def test_slack_down_at_send_is_said_on_the_escalation(page, sandbox, work):
    open_draft(page, 1001)
    ready(page)
    sandbox.fault("slack", "503")
    send_button(page).click()
    on_escalation(page)
    work()
    for system, state in (("Slack", "pending"), ("Zendesk", "delivered")):
        receipt = page.locator(".receipt", has=page.get_by_text(system, exact=True))
        expect(receipt).to_have_attribute("data-state", state)

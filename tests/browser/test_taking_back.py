"""Undo, Withdraw and the team lead's page in a real Chromium, and what Slack and Zendesk had received afterwards."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from escalations.models import Escalation, Worker
from tests.actions.factories import make_delivery, make_escalation
from tests.browser.hand import on_escalation, open_draft, ready
from tests.conftest import NOON

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])


@pytest.fixture
def held(settings):
    settings.SEND_HOLD_SECONDS = 60.0  # a busy machine takes its time


def send(page):
    open_draft(page, 1001)
    ready(page).click()
    on_escalation(page)


def send_without_scripts(page):
    page.goto("/")
    page.get_by_label("Ticket link or number").fill("1001")
    page.get_by_role("button", name="Look up").click()
    ready(page).click()
    on_escalation(page)


@SCRIPTS
def test_undo_gives_the_draft_back_and_nothing_was_sent(as_person, held, sandbox, work, scripts):
    page = as_person("engineer", java_script_enabled=scripts)
    (send if scripts else send_without_scripts)(page)
    expect(page.locator(".countdown")).to_have_text(re.compile(r"^\d+$"))
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url(re.compile(r"/drafts/[0-9a-f-]+/$"))
    expect(page.get_by_role("status")).to_contain_text("Undone, nothing was sent. The draft is back as it was.")
    ready(page, "Send to Dana Reyes in #a_acme-internal and note ticket 1001")
    work()
    assert sandbox.ledger() == []


def at_most(seconds: int) -> re.Pattern:
    """Each number stands there for one second: whoever looks once a second may miss it."""
    return re.compile(rf"^({'|'.join(map(str, range(seconds + 1)))})$")


def test_the_seconds_count_down_and_the_page_stays_quiet_meanwhile(page, held):
    send(page)
    left = page.locator(".countdown")
    first = int(left.inner_text())
    expect(left).to_have_text(at_most(first - 2))
    undo = page.get_by_role("button", name="Undo")
    undo.focus()
    expect(left).to_have_text(at_most(first - 4))
    expect(undo).to_be_focused()


def test_send_now_sends_once(page, held, sandbox, work):
    send(page)
    work()
    assert sandbox.ledger() == []
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    work()
    expect(page.locator("#deliveries-title")).to_have_text("Delivered")
    assert len(sandbox.effects("message")) == len(sandbox.effects("note")) == 1


def test_at_the_end_of_the_hold_undo_goes_away_by_itself(page, settings):
    settings.SEND_HOLD_SECONDS = 2.0
    send(page)
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    expect(page.locator("#deliveries-title")).to_have_text("Being delivered…")


def test_who_stands_on_undo_when_it_goes_away_is_not_sent_to_the_top(page, held):
    send(page)
    page.get_by_role("button", name="Undo").focus()
    Escalation.objects.update(hold_until=NOON)
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("main a:focus")).to_have_count(1)


def test_withdraw_stands_there_once_all_has_arrived_without_a_reload(page, held, work):
    send(page)
    expect(page.get_by_role("link", name="Withdraw…")).to_have_count(0)
    expect(page.locator("#sent-title")).to_have_text("Exactly what will be sent")
    page.get_by_text("Text to copy").click()
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    page.get_by_text("Text to copy").click()
    page.evaluate("window.same = true")
    work()
    expect(page.locator("#deliveries-title")).to_have_text("Delivered")
    expect(page.get_by_role("link", name="Withdraw…")).to_be_visible()
    expect(page.locator("#sent-title")).to_have_text("Exactly what was sent")
    expect(page.locator("#to-copy")).to_have_attribute("open", "")
    assert page.evaluate("window.same"), "nothing was reloaded"


@SCRIPTS
def test_withdraw_takes_back_what_can_be_taken_back(as_person, sandbox, work, scripts):
    page = as_person("engineer", java_script_enabled=scripts)
    (send if scripts else send_without_scripts)(page)
    work()
    page.reload()
    page.get_by_role("link", name="Withdraw…").click()
    expect(page.locator("main")).to_contain_text("Cannot be undone: The first note stays in Zendesk.")
    page.get_by_label("Wrong account").check()
    before = len(sandbox.ledger())
    page.get_by_role("button", name="Withdraw ESC-1").click()
    expect(page.locator("#ahead")).to_contain_text(re.compile(r"Withdrawn \d\d:\d\d by Ana Lima: Wrong account"))
    until_settled(page, work)
    page.reload()
    expect(page.locator("#deliveries-title")).to_have_text("Withdrawn")
    expect(page.locator(".receipts--later .receipt[data-state=delivered]")).to_have_count(2)
    expect(page.locator("#deliveries > .receipts > .receipt[data-state=cancelled]")).to_have_count(2)
    told = str(sandbox.ledger()[before:])
    assert "Withdrawn" in told and "Wrong account" in told
    notes = sandbox.effects("note")
    assert [note["public"] for note in notes] == [False, False]
    assert len(sandbox.effects("message")) == 1, "the message was replaced, not followed by another"


def until_settled(page, work):
    """Zendesk takes no two notes in one second: the second waits two."""
    from escalations.models import Delivery

    for _ in range(20):
        work()
        if not Delivery.objects.filter(state__in=("pending", "sending", "uncertain")).exists():
            return
        page.wait_for_timeout(300)


def stuck(people, minutes: int, **values):
    at = datetime.now(UTC) - timedelta(minutes=minutes)
    escalation = make_escalation(people["engineer"], ticket_id=1001 + minutes, contact_name="Dana Reyes")
    said = {
        "trouble": "http_503",
        "trouble_at": at,
        "last_words": "Slack answered with error 503.",
        "mentions": "Dana Reyes",
    }
    return make_delivery(people["engineer"], escalation=escalation, **{"state": "needs_a_person", **said, **values})


@SCRIPTS
def test_a_team_lead_settles_group_after_group(as_person, people, sandbox, work, scripts):
    for minutes in (40, 41, 42):
        stuck(people, minutes)
    for minutes in (1, 2):
        stuck(people, minutes, trouble="late")
    page = as_person("teamlead", java_script_enabled=scripts)
    page.goto("/")
    page.get_by_role("link", name="Needs you 5").click()
    groups = page.locator("section", has=page.locator(".settle"))
    expect(groups).to_have_count(2)
    newest, oldest = groups.all()
    expect(newest.get_by_role("heading")).to_contain_text("2 deliveries")
    expect(oldest.get_by_role("heading")).to_contain_text("3 deliveries")
    newest.get_by_label("I looked: it is there").check()
    newest.get_by_role("button", name="They had arrived", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("2 deliveries closed: had arrived.")
    last = page.locator("section", has=page.locator(".settle"))
    expect(last.get_by_role("heading")).to_be_focused()
    last.get_by_role("checkbox").first.uncheck()
    last.get_by_label("I looked: it is not there").check()
    expect(last.get_by_role("button", name="Send again")).to_have_accessible_description(
        re.compile("Dana Reyes is told twice")
    )
    last.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("link", name="Needs you 1")).to_be_visible()
    assert sandbox.ledger() == []
    work()
    assert len(sandbox.effects("message")) == 2


def test_a_team_lead_looks_and_finds_it(as_person, people, sandbox, work):
    """Slack has it and hung up before it said so: what is read now is said, and the decision stays with the person."""
    row = stuck(people, 5, state="pending", last_words="")
    sandbox.fault("slack", "reset_after", match="chat.postMessage", times=1)
    work()
    type(row).objects.filter(pk=row.pk, state="uncertain").update(state="needs_a_person")
    page = as_person("teamlead")
    page.goto("/attention/")
    page.get_by_role("button", name="Look again now").click()
    expect(page.get_by_role("status")).to_contain_text("looked in Slack just now: it is there.")
    expect(page.locator(f"#delivery-{row.pk}")).to_be_focused()
    page.get_by_label("I looked: it is there").check()
    page.get_by_role("button", name="It had arrived", exact=True).click()
    expect(page.locator("main")).to_contain_text("Nothing needs you")
    work()
    assert len(sandbox.effects("message")) == 1


def test_a_dead_letter_finds_another_channel(as_person, people, sandbox, work):
    place = {"kind": "account_channel", "label": "#a_acme-internal", "note": "", "people": {}}
    stuck(people, 3, state="dead", settled_at=datetime.now(UTC), target="C0ACCT0001", place=place)
    page = as_person("teamlead")
    page.goto("/attention/")
    page.get_by_role("button", name="Send to #account-management…").click()
    expect(page.get_by_role("heading", name="Send to #account-management?")).to_be_visible()
    page.get_by_label("They read there").check()
    page.get_by_role("button", name="Send to #account-management").click()
    expect(page.get_by_role("status")).to_contain_text("is being sent to #account-management")
    expect(page.locator("main")).to_contain_text("Nothing needs you")
    work()
    assert [entry["target"] for entry in sandbox.effects("message")] == ["C0ACCTMGMT1"]


def test_the_status_page_looks_again_by_itself(as_person, people, sandbox, work):
    now = datetime.now(UTC)
    Worker.objects.create(name="alive", started_at=now, seen_at=now + timedelta(minutes=2))  # for as long as the test takes
    page = as_person("teamlead")
    page.goto("/status/")
    expect(page.locator("#lane-slack")).to_contain_text("nothing is due")
    sandbox.fault("slack", "refuse_credentials", match="chat.postMessage")
    make_delivery(people["engineer"])
    work()
    expect(page.locator("#lane-slack .badge")).to_have_text("paused")
    sandbox.session.delete(f"{sandbox.base}/control/faults", timeout=5)
    page.get_by_role("button", name="Try it now").click()
    expect(page.get_by_role("status")).to_contain_text("Slack is tried again now")
    work()
    expect(page.locator("#lane-slack .badge")).to_have_text("sending")
    assert len(sandbox.effects("message")) == 1

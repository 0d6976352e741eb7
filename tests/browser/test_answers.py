"""From the message to the answer in a real Chromium: Dana follows the link, signs in, answers; Ana finds what became of it."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from escalations.models import Correction, FollowUp
from tests.browser.answer_pages import send
from tests.browser.hand import on_escalation, ready

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])


@pytest.fixture
def asked(as_person, sandbox, work):
    """Ana's page of the escalation, its number, and the link as Dana's message in Slack has it."""
    page = as_person("engineer")
    number = send(page)
    work()
    message = sandbox.effects("message")[-1]
    link = re.search(r"http[^|>\s]*/a/ESC-\d+", str(message["blocks"]))[0]
    return SimpleNamespace(page=page, number=number, link=link)


def follow(as_person, link: str, scripts: bool):
    """Somebody who is not signed in follows the link, and signs in as Dana Reyes."""
    page = as_person(None, java_script_enabled=scripts)
    page.goto(link)
    expect(page.locator("h1")).to_have_text("Sign in")
    page.get_by_role("button", name="Dana Reyes").click()
    page.wait_for_url(re.compile(r"/a/ESC-\d+$"))
    return page


@SCRIPTS
def test_dana_has_it_and_ana_reads_so(as_person, asked, work, sandbox, scripts):
    page = follow(as_person, asked.link, scripts)
    expect(page.locator("main")).to_contain_text("Please talk to the customer by")
    expect(page.locator("main")).to_contain_text("Why you")
    assert not FollowUp.objects.exists(), "looking changes nothing"
    page.get_by_role("button", name="I have it").click()
    expect(page.locator(".answer")).to_contain_text("“I have it”, says Dana Reyes")
    expect(page.get_by_role("button", name="I have it")).to_have_count(0)
    work()
    assert "Dana Reyes has it" in sandbox.effects("message")[-1]["text"]
    asked.page.reload()
    expect(asked.page.locator("#answer")).to_contain_text("“I have it”, says Dana Reyes")
    page.get_by_role("link", name="Home").click()
    expect(page.locator("#addressed")).to_contain_text("you have it")


@SCRIPTS
def test_not_mine_becomes_a_correction_and_a_draft_for_the_next_step(as_person, asked, work, sandbox, scripts):
    page = follow(as_person, asked.link, scripts)
    page.get_by_role("link", name="Not mine…").click()
    page.get_by_label("Somebody else looks after this customer").check()
    page.get_by_label("Somebody else, named here:").check()
    page.get_by_label("Somebody else: their e-mail address").fill("joel.sandberg@example.com")
    page.get_by_role("button", name="Not mine").click()
    page.wait_for_url(re.compile(r"/a/ESC-\d+$"))
    expect(page.locator(".answer")).to_contain_text("“Not mine”, says Dana Reyes")
    assert Correction.objects.get().use_name == "Joel Sandberg"
    before = len([one for one in sandbox.effects("message") if "mentions" in one and one["mentions"]])
    work()
    ana = asked.page
    ana.reload()
    expect(ana.locator("#answer")).to_contain_text("To be asked instead: Joel Sandberg")
    ana.get_by_text("Answer to copy").click()
    expect(ana.locator("#answer pre")).to_contain_text("We ask Joel Sandberg instead")
    ana.get_by_role("link", name="review it").click()
    ready(ana)
    expect(ana.locator("#review")).to_contain_text("mentions Joel Sandberg")
    assert len([one for one in sandbox.effects("message") if "mentions" in one and one["mentions"]]) == before, "nothing was sent by itself"
    ready(ana).click()
    on_escalation(ana)
    work()
    assert [one["name"] for one in sandbox.effects("message")[-1]["mentions"]][0] == "Joel Sandberg"


@SCRIPTS
def test_closed_with_how_it_ended(as_person, asked, scripts):
    page = as_person("engineer", java_script_enabled=scripts)
    page.goto(f"/escalations/{asked.number}/")
    page.get_by_role("link", name="Close…").click()
    page.get_by_role("button", name=f"Close ESC-{asked.number}").click()
    expect(page.locator(".error-summary")).to_contain_text("Choose how it ended.")
    page.get_by_label("Not needed any more").check()
    page.get_by_role("button", name=f"Close ESC-{asked.number}").click()
    on_escalation(page)
    expect(page.locator("#answer")).to_contain_text("Closed: not needed any more, recorded by Ana Lima")
    expect(page.locator("#record-answer")).to_have_count(0)


@pytest.fixture(autouse=True)
def refusals(watch):
    watch.expect("422")


def test_what_was_addressed_to_dana_is_not_there_for_omar(as_person, asked, watch):
    watch.expect("404")
    page = as_person("owner")
    page.goto(asked.link)
    expect(page.locator("h1")).to_have_text("There is nothing at this address")
    page.goto("/")
    expect(page.locator("#addressed")).to_contain_text("Nothing was addressed to you yet")


def test_typing_an_address_is_the_choice_somebody_else(as_person, asked):
    page = follow(as_person, asked.link, True)
    page.get_by_role("link", name="Not mine…").click()
    expect(page.get_by_label("I do not know")).to_be_checked()
    page.get_by_label("Somebody else: their e-mail address").press_sequentially("joel")
    expect(page.get_by_label("Somebody else, named here:")).to_be_checked()


def test_both_buttons_are_on_the_first_screen_of_a_phone(as_person, asked):
    page = follow(as_person, asked.link, True)
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    expect(page.get_by_role("button", name="I have it")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("link", name="Not mine…")).to_be_in_viewport(ratio=1)

"""What to do when nobody knows, when nothing fits, and when there is no need: in a real browser, with a script and without."""

import pytest
from playwright.sync_api import expect

from tests.browser.hand import card, on_escalation, open_draft, ready


def drafts():
    from escalations.models import Draft

    return Draft.objects.all()


def remarks():
    from escalations.models import RowRemark

    return RowRemark.objects.all()


def open_ways_out(page) -> None:
    page.get_by_text("None of these, or no need to escalate").click()


def test_who_does_not_know_says_so_and_sends(page, sandbox, work):
    open_draft(page, 1024)
    expect(page.locator("#situation")).to_contain_text("a renewal of this customer closes within 30 days")
    card(page, "Pass a lead to Sales").click()
    expect(page.locator("#question-license-kind")).to_contain_text("it counts as “Renewal”, and the message says so")
    page.get_by_label("I do not know").check()
    expect(page.locator("#legs")).to_contain_text("It is not known yet whether this is new business or a renewal.")
    ready(page, "Post in #account-management and note ticket 1024, Omar Haddad in cc").click()
    on_escalation(page)
    work()
    [message] = sandbox.effects("message")
    assert "It is not known yet whether this is new business or a renewal." in str(message)


def test_an_answer_is_still_there_after_another_situation(page):
    open_draft(page, 1024)
    card(page, "Pass a lead to Sales").click()
    page.get_by_label("I do not know").check()
    expect(page.locator("#legs")).to_contain_text("It is not known yet")
    card(page, "Make the CSM aware of an emergency or a high-priority ticket").click()
    expect(page.locator("#question-license-kind")).to_have_count(0)
    card(page, "Pass a lead to Sales").click()
    expect(page.get_by_label("I do not know")).to_be_checked()


def test_an_example_can_be_opened_without_choosing_its_card(page):
    open_draft(page, 1021)
    page.locator("#more-professional-services summary").click()
    expect(page.locator("#more-professional-services")).to_contain_text("Could somebody do the migration for us?")
    expect(page.get_by_role("link", name="Professional Services")).to_be_visible()
    assert not drafts().get().scenario_key


def test_a_line_to_the_row_keepers(page):
    open_draft(page, 1021)
    open_ways_out(page)
    expect(page.locator("#none-of-these")).to_contain_text("nothing in this ticket speaks for it")
    page.get_by_label("One line to the row keepers").fill("The customer would like to be a reference")
    page.get_by_role("button", name="Tell the row keepers").click()
    expect(page.locator("body")).to_contain_text("The row keepers have your line; it is counted.")
    assert remarks().get().text == "The customer would like to be a reference"
    assert drafts().get().is_live


def test_one_press_ends_with_words_that_can_be_copied(page, sandbox, work):
    open_draft(page, 1021)
    open_ways_out(page)
    page.get_by_role("button", name="The customer can upgrade by themselves").click()
    expect(page.locator("main > .notice")).to_contain_text("Tell the customer where they can do it")
    page.get_by_role("button", name="Copy the text for the customer").click()
    expect(page.locator("[data-copies=way-out]")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#way-out").text_content()
    assert copied.startswith("Hello,") and "1021" in copied
    assert drafts().get().ended_kind == "self_service"
    work()
    assert sandbox.ledger() == []


@pytest.mark.parametrize("end", [False, True], ids=["goes on", "ends"])
def test_the_colleagues_link_and_the_line_without_a_script(as_person, portal, end):
    page = as_person("engineer", java_script_enabled=False)
    page.goto("/escalate/")
    page.get_by_label("Ticket").first.fill("1021")
    page.keyboard.press("Enter")
    open_ways_out(page)
    expect(page.locator("#draft-address")).to_have_text(f"{portal}{drafts().get().get_absolute_url()}")
    expect(page.locator("[data-copies]").first).to_be_hidden()
    page.get_by_label("One line to the row keepers").fill("A reference call")
    page.get_by_role("button", name="Tell them and end here" if end else "Tell the row keepers").click()
    assert remarks().get().text == "A reference call"
    assert drafts().get().is_live != end
    if end:
        expect(page.locator("main > .notice")).to_contain_text("Whom would you tell about ticket 1021?")


def test_not_known_and_no_need_without_a_script(as_person):
    page = as_person("engineer", java_script_enabled=False)
    page.goto("/escalate/")
    page.get_by_label("Ticket").first.fill("1024")
    page.keyboard.press("Enter")
    card(page, "Pass a lead to Sales").click()
    page.get_by_role("button", name="Use this").click()
    page.locator("#question-license-kind").get_by_role("button", name="I do not know").click()
    expect(page.locator("#legs")).to_contain_text("It is not known yet")
    open_ways_out(page)
    page.get_by_role("button", name="It is not clear yet what the customer needs").click()
    expect(page.locator("#way-out")).to_contain_text("what do you want to reach, by when")


def test_the_chosen_card_says_its_example_and_link_in_place(page):
    open_draft(page, 1008)
    ready(page)
    expect(page.locator(".card", has=page.locator("input:checked"))).to_contain_text("Example: Can you send us a quote for 200 seats?")
    expect(page.get_by_role("link", name="Workflows to pass to Sales")).to_be_visible()
    expect(page.locator("#more-pass-lead")).to_have_count(0)

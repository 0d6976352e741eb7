"""By keyboard and by ear: the focus survives swaps, every change is said once."""

from playwright.sync_api import expect

from tests.browser.hand import card, open_draft, ready

# Everything the live region says, in order; and whether it is still the element a screen reader knows.
LISTEN = """() => {
  window.said = []; window.region = document.getElementById('announcer');
  new MutationObserver(() => { const text = window.region.textContent.trim(); if (text) window.said.push(text); })
    .observe(window.region, {childList: true, characterData: true, subtree: true});
}"""


def focused(page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.tagName")


def test_each_look_up_is_announced_once(page):
    page.add_init_script(f"document.addEventListener('DOMContentLoaded', {LISTEN})")
    open_draft(page, 1001)
    ready(page)
    assert page.evaluate("window.said") == [
        "Zendesk: ticket 1001.",
        "Salesforce: account Acme Corp.",
        "Slack: 3 people found.",
    ]
    assert page.evaluate("window.region === document.getElementById('announcer')")


def test_a_situation_chosen_by_keyboard_keeps_the_focus(page):
    open_draft(page, 1001)
    ready(page)
    page.locator("#card-emergency").focus()
    for _ in range(2):
        before = focused(page)
        with page.expect_response("**/situation/"):
            page.keyboard.press("ArrowDown")
        expect(page.locator("#situation")).to_contain_text("You chose it.")
        page.wait_for_function("id => document.activeElement.id.startsWith('card-') && document.activeElement.id !== id",
                               arg=before)  # fmt: skip
        expect(page.locator(":focus")).to_be_checked()
    outlined = "getComputedStyle(document.activeElement.closest('.card')).outlineStyle"
    assert page.evaluate(outlined) == "solid"


def test_an_answer_given_by_keyboard_keeps_the_focus(page):
    open_draft(page, 1024)
    expect(page.locator("#line-people")).to_have_attribute("data-state", "done")
    card(page, "Pass a lead to Sales").click()
    page.get_by_role("radio", name="New business", exact=True).focus()
    with page.expect_response("**/situation/"):
        page.keyboard.press("Space")
    ready(page, "Post in #sales and note ticket 1024, Omar Haddad in cc")
    expect(page.get_by_role("radio", name="New business", exact=True)).to_be_focused()


def test_words_typed_without_a_pause_keep_the_place(page):
    open_draft(page, 1001)
    ready(page)
    page.get_by_text("Change the words").click()
    field = page.get_by_role("textbox", name="Situation")
    field.focus()
    page.keyboard.press("Home")
    page.keyboard.type("First ", delay=20)
    expect(page.locator("#legs")).to_contain_text("First Acme Corp")
    page.keyboard.type("of all, ", delay=20)
    expect(page.locator("#legs")).to_contain_text("First of all, Acme Corp")
    expect(field).to_be_focused()


def test_looking_again_keeps_the_place(page):
    open_draft(page, 1001)
    ready(page)
    page.get_by_role("button", name="Look again in Salesforce").focus()
    with page.expect_response("**/look-up/people/"):
        page.keyboard.press("Enter")
    ready(page)
    expect(page.locator("#line-account :focus")).to_have_count(1)


def test_the_whole_way_by_keyboard_alone(page):
    page.goto("/")
    page.keyboard.type("1010")
    page.keyboard.press("Enter")
    ready(page, "Send to Grace Molina in #account-management")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("ESC-")


def test_the_first_tab_skips_to_the_content(page):
    page.goto("/history/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()

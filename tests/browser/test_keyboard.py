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
        "Slack: 2 people found.",
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


AT_ONCE = """title => new MutationObserver((_, watch) => {
  const radio = [...document.querySelectorAll('#main input[type=radio]')]
    .find((one) => one.labels[0]?.textContent.trim() === title);
  if (radio) { watch.disconnect(); radio.click(); }
}).observe(document.getElementById('main'), {childList: true, subtree: true})"""


def test_an_answer_given_the_moment_its_question_appears_counts(page):
    """htmx lets 20 ms pass before it listens to what it has put in: a press in that time was lost without a word."""
    open_draft(page, 1024)
    expect(page.locator("#line-people")).to_have_attribute("data-state", "done")
    page.evaluate(AT_ONCE, "New business")
    card(page, "Pass a lead to Sales").click()
    ready(page, "Post in #sales and note ticket 1024, Omar Haddad in cc")


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


def stops_to(page, selector: str, most: int = 60) -> int:
    """How often Tab is pressed from the top of the page until `selector` has the focus."""
    page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
    page.locator("body").evaluate("body => { body.tabIndex = -1; body.focus(); body.removeAttribute('tabindex'); }")
    for stop in range(1, most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return stop
    raise AssertionError(f"{selector} is not reached by {most} tab stops")


def test_few_stops_to_the_situation_and_to_send(page):
    """Two links at the top, for who goes by Tab: 23 stops to Send were there before, and are still for who reads all."""
    open_draft(page, 1001)
    ready(page)
    assert stops_to(page, "#sendbar .button--primary") <= 25
    assert stops_to(page, ".skip[href='#situation']") == 2
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#card-emergency")).to_be_focused()
    assert stops_to(page, ".skip[href='#sendbar']") == 3
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#sendbar .button--primary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("ESC-")


def test_the_skip_links_lead_somewhere_while_there_is_nothing_to_send(page):
    open_draft(page, 1021)
    expect(page.locator("#line-people")).to_have_attribute("data-state", "done")
    for target in ("#situation", "#sendbar"):
        page.locator(f".skip[href='{target}']").focus()
        page.keyboard.press("Enter")
        expect(page.locator(target)).to_be_focused()

"""One draft in all its moods: changed words, changed minds, a closed lid, a colleague, a Send that comes too late."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hand import PATIENCE, card, on_escalation, open_draft, ready, send_button

OWN_WORDS = "Acme cannot deploy since noon; their board meets at five."


def escalations() -> int:
    from escalations.models import Escalation

    return Escalation.objects.count()


def change_situation(page, text: str):
    page.get_by_text("Change the words").click()
    page.get_by_role("textbox", name="Situation").fill(text)
    expect(page.locator("#legs")).to_contain_text(text)


def test_own_words_are_sent_and_both_versions_kept(page, sandbox, work):
    open_draft(page, 1001)
    ready(page)
    before = page.locator("#id_situation").input_value()
    change_situation(page, OWN_WORDS)
    ready(page).click()
    on_escalation(page)
    expect(page.locator("dl.diff del").first).to_have_text(before)
    expect(page.locator("dl.diff ins").first).to_have_text(OWN_WORDS)
    work()
    assert [OWN_WORDS in str(effect) for effect in sandbox.effects("message") + sandbox.effects("note")] == [True, True]


def test_ready_words_come_back(page):
    open_draft(page, 1001)
    ready(page)
    before = page.locator("#legs").inner_text()
    change_situation(page, OWN_WORDS)
    page.get_by_role("button", name="Use the ready words again").click()
    expect(page.locator("#legs")).not_to_contain_text(OWN_WORDS)
    assert page.locator("#legs").inner_text() == before


def test_another_situation_redraws_the_review(page):
    open_draft(page, 1001)
    ready(page, "Send to Dana Reyes in #a_acme-internal and note ticket 1001")
    page.get_by_text("More situations").click()
    card(page, "Professional Services engagement request").click()
    ready(page, "Send to Omar Haddad in #account-management")
    expect(page.locator("#legs")).to_contain_text("needs Professional Services")
    expect(page.locator("#situation")).to_contain_text("You chose it.")


def test_ctrl_enter_sends_what_was_just_typed(page, sandbox, work):
    open_draft(page, 1001)
    ready(page)
    page.get_by_text("Change the words").click()
    page.get_by_role("textbox", name="Situation").fill(OWN_WORDS)
    page.keyboard.press("Control+Enter")
    on_escalation(page)
    work()
    assert OWN_WORDS in str(sandbox.effects("message"))


def test_send_pressed_while_typing_sends_what_was_typed(page, sandbox, work):
    open_draft(page, 1001)
    ready(page)
    page.get_by_text("Change the words").click()
    page.get_by_role("textbox", name="Situation").fill(OWN_WORDS)
    send_button(page).click()
    on_escalation(page)
    work()
    assert OWN_WORDS in str(sandbox.effects("message"))


def test_words_that_cannot_be_stored_are_not_left_behind(page, watch):
    """The server is gone while somebody types: nothing is sent without the words, and the page says so."""
    watch.expect("ERR_FAILED")
    watch.expect("htmx:")
    open_draft(page, 1001)
    ready(page)
    page.route("**/words/", lambda route: route.abort())
    page.get_by_text("Change the words").click()
    page.get_by_role("textbox", name="Situation").fill(OWN_WORDS)
    send_button(page).click()
    expect(page.get_by_role("alert")).to_contain_text("nothing was sent")
    page.unroute("**/words/")
    send_button(page).click()
    on_escalation(page)
    expect(page.locator("dl.diff ins").first).to_have_text(OWN_WORDS)


def test_words_are_stored_when_the_page_is_left(page):
    """Within the pause after typing, before anything was sent: the page takes the words along."""
    address = open_draft(page, 1001)
    ready(page)
    page.get_by_text("Change the words").click()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("textbox", name="Situation").fill(OWN_WORDS)
    page.evaluate("location.assign('/history/')")
    page.wait_for_url("**/history/")
    assert not [url for url in asked if url.endswith("/words/")], "what the page itself asks does not outlive it"
    page.goto(address)
    expect(page.locator("#legs")).to_contain_text(OWN_WORDS)


def test_a_box_left_empty_shows_what_is_sent(page):
    open_draft(page, 1001)
    ready(page)
    page.get_by_text("Change the words").click()
    box = page.get_by_role("textbox", name="Situation")
    words = box.input_value()
    box.fill(OWN_WORDS)
    expect(page.locator("#legs")).to_contain_text(OWN_WORDS)
    box.fill("")
    expect(page.locator("#emptied")).to_contain_text("Situation: left empty, so the ready words are sent.")
    expect(page.locator("#announcer")).to_contain_text("Situation: left empty")
    expect(page.locator("#legs")).to_contain_text(words)
    expect(box).to_have_value("")
    page.keyboard.press("Tab")
    expect(box).to_have_value(words)


def late(page, pattern: str):
    """The first answer to `pattern` is held back after the server gave it: (wait until it did, let it arrive)."""
    held = []

    def given():
        for _ in range(PATIENCE // 50):
            if held:
                return
            page.wait_for_timeout(50)
        raise AssertionError(f"the server gave no answer to {pattern}")

    def hold(route):
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    page.route(pattern, hold)
    return given, lambda: held[0][0].fulfill(response=held[0][1])


def test_two_answers_that_cross_leave_what_was_read_later(page):
    """Words are stored, their answer is late; meanwhile another situation is chosen."""
    open_draft(page, 1001)
    ready(page)
    given, let_go = late(page, "**/words/")
    page.get_by_text("Change the words").click()
    page.get_by_role("textbox", name="Situation").fill(OWN_WORDS)
    given()
    card(page, "The customer asked for an escalation").click()
    ready(page, "Send to Dana Reyes in #a_acme-internal and note ticket 1001")
    expect(page.locator("#legs")).to_contain_text("asked for an escalation of ticket 1001")
    with page.expect_response(lambda answer: answer.request.method == "GET" and "/drafts/" in answer.url):
        let_go()
    expect(page.locator("#legs")).to_contain_text("asked for an escalation of ticket 1001")
    expect(page.locator("#legs")).not_to_contain_text(OWN_WORDS)
    ready(page).click()
    on_escalation(page)


@pytest.mark.parametrize("press", ["mouse", "keyboard"])
def test_send_pressed_before_an_answer_was_read_says_so(page, press):
    """Nobody sends what they have not seen: the review that goes with the answer is still on its way."""
    open_draft(page, 1012)
    ready(page)
    held = []
    page.route("**/situation/", lambda route: held.append(route))
    page.get_by_role("radio", name="Customer Success Manager", exact=True).click()
    expect(send_button(page)).to_have_attribute("aria-disabled", "true")
    if press == "mouse":
        send_button(page).click(force=True)
    else:
        page.keyboard.press("Control+Enter")
    expect(page.locator("#alerts")).to_have_text("Your last choice is still being read, so nothing was sent. Press the button again.")
    held[0].continue_()
    ready(page, "Post in #account-management").click()
    on_escalation(page)


def test_a_choice_that_could_not_be_read_leaves_the_button(page, watch):
    open_draft(page, 1012)
    ready(page)
    page.route("**/situation/", lambda route: route.abort())
    watch.expect("ERR_FAILED")
    watch.expect("htmx")
    answer = page.get_by_role("radio", name="Customer Success Manager", exact=True)
    before = page.locator("#situation input:checked").evaluate_all("all => all.map(one => one.id)")
    answer.click()
    expect(page.locator("#alerts")).to_have_text("The portal does not answer, so what you chose was not taken. Choose it again.")
    assert page.locator("#situation input:checked").evaluate_all("all => all.map(one => one.id)") == before
    ready(page)
    page.unroute("**/situation/")
    answer.click()
    expect(page.locator("#alerts")).to_be_empty()
    expect(answer).to_be_checked()
    ready(page).click()
    on_escalation(page)


def test_a_page_that_looks_again_says_when_the_portal_is_silent(page, watch):
    watch.expect("ERR_FAILED")
    watch.expect("htmx")
    open_draft(page, 1001)
    ready(page).click()
    on_escalation(page)
    page.route("**/deliveries/", lambda route: route.abort())
    expect(page.locator("#alerts")).to_contain_text("The portal does not answer. This page tries again by itself")
    page.unroute("**/deliveries/")
    expect(page.locator("#alerts")).to_be_empty()


def test_a_look_up_that_crosses_a_choice_shows_both(page):
    """The people's answer is made before a situation is chosen, and arrives after it."""
    given, let_go = late(page, "**/look-up/people/")
    open_draft(page, 1001)
    expect(page.locator("#line-people")).to_have_attribute("data-state", "looking")
    given()
    card(page, "The customer asked for an escalation").click()
    expect(page.locator("#situation")).to_contain_text("You chose it.")
    let_go()
    expect(page.locator("#line-people")).to_have_attribute("data-state", "done")
    expect(page.locator("#situation")).to_contain_text("You chose it.")
    expect(page.locator("#legs")).to_contain_text("asked for an escalation of ticket 1001")
    ready(page).click()
    on_escalation(page)


def test_an_answer_that_changes_nothing_swallows_no_click(page, sandbox):
    """The mouse is pressed before the answer comes and let go after it."""
    sandbox.control("latency", slack=1000)
    open_draft(page, 1021)
    expect(page.locator("#line-account")).to_have_attribute("data-state", "done")
    card(page, "The customer asked for an escalation").hover()
    page.mouse.down()
    expect(page.locator("#line-people")).to_have_attribute("data-state", "looking")
    expect(page.locator("#line-people")).to_have_attribute("data-state", "done")
    page.mouse.up()
    expect(page.locator("#situation")).to_contain_text("You chose it.")


def test_what_is_typed_while_a_service_is_slow_stays(page, sandbox):
    sandbox.control("latency", salesforce=1500)
    open_draft(page, 1021)
    page.get_by_text("None of these, or no need to escalate").click()
    page.get_by_label("Another reason").fill("Answered by the documentation")
    expect(page.locator("#line-people")).to_have_attribute("data-state", "done")
    expect(page.get_by_label("Another reason")).to_have_value("Answered by the documentation")
    expect(page.get_by_label("Another reason")).to_be_focused()


def test_ctrl_enter_sends_from_anywhere(page):
    open_draft(page, 1001)
    ready(page)
    page.keyboard.press("Control+Enter")
    on_escalation(page)


def test_a_double_click_sends_once(page, sandbox, work):
    open_draft(page, 1001)
    ready(page).dblclick()
    on_escalation(page)
    work()
    assert (escalations(), len(sandbox.effects("message"))) == (1, 1)


def test_the_same_draft_sent_from_two_windows_is_sent_once(page, sandbox, work):
    address = open_draft(page, 1001)
    ready(page)
    other = page.context.new_page()
    other.goto(address)
    ready(other).click()
    number = on_escalation(other)
    send_button(page).click()
    assert on_escalation(page) == number
    work()
    assert (escalations(), len(sandbox.effects("message"))) == (1, 1)


def test_back_after_sending_shows_the_escalation(page):
    open_draft(page, 1001)
    ready(page).click()
    number = on_escalation(page)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ESC-")
    assert on_escalation(page) == number
    expect(page.locator("[data-send]")).to_have_count(0)


def test_next_ticket_is_one_click_away(page):
    open_draft(page, 1001)
    ready(page).click()
    on_escalation(page)
    page.get_by_role("link", name="Next ticket").click()
    expect(page.get_by_label("Ticket link or number")).to_be_focused()


def test_an_expired_sign_in_costs_nothing(page, sandbox, work):
    address = open_draft(page, 1001)
    ready(page)
    change_situation(page, OWN_WORDS)
    ready(page)
    page.context.clear_cookies(name="sessionid")
    send_button(page).click()
    page.get_by_role("button", name="Ana Lima").click()
    expect(page.locator("#legs")).to_contain_text(OWN_WORDS)
    assert page.url == address and escalations() == 0
    ready(page).click()
    on_escalation(page)
    work()
    assert OWN_WORDS in str(sandbox.effects("message"))


def test_a_part_after_an_expired_sign_in_leads_back_to_the_draft(page):
    address = open_draft(page, 1001)
    ready(page)
    page.context.clear_cookies(name="sessionid")
    card(page, "The customer asked for an escalation").click()
    page.get_by_role("button", name="Ana Lima").click()
    ready(page)
    assert page.url == address


def test_an_expired_seal_comes_back_with_the_words_kept(page, settings, watch):
    watch.expect("409")
    open_draft(page, 1001)
    ready(page)
    change_situation(page, OWN_WORDS)
    settings.SEAL_SECONDS = 0
    ready(page).click()
    expect(page.get_by_role("alert").filter(has_text="Nothing was sent")).to_be_focused()
    expect(page.locator(".error-summary")).to_contain_text("You reviewed this more than 15 minutes ago.")
    expect(page.locator("#legs")).to_contain_text(OWN_WORDS)
    assert escalations() == 0
    settings.SEAL_SECONDS = 900
    ready(page).click()
    on_escalation(page)


def test_a_forged_seal_sends_nothing(page, watch):
    watch.expect("409")
    open_draft(page, 1001)
    ready(page)
    page.locator("input[name=seal]").evaluate("field => { field.value = field.value.replace(/.$/, '~') }")
    send_button(page).click()
    expect(page.locator(".error-summary")).to_contain_text("This form was not made by the portal.")
    assert escalations() == 0


def test_a_csm_who_changed_since_the_review_is_said_before_anything_is_sent(page, sandbox, work, settings, watch):
    watch.expect("409")
    open_draft(page, 1001)
    ready(page)
    settings.FACTS_FRESH_SECONDS = 0
    sandbox.control("account", customer="Acme Corp", csm="joel.sandberg@example.com")
    send_button(page).click()
    summary = page.locator(".error-summary")
    expect(summary).to_contain_text("Slack is for Joel Sandberg (was Dana Reyes).")
    assert escalations() == 0 and sandbox.ledger() == []
    ready(page, "Send to Joel Sandberg in #a_acme-internal and note ticket 1001").click()
    on_escalation(page)
    work()
    assert {person["name"] for person in sandbox.effects("message")[0]["mentions"]} == {"Ana Lima", "Joel Sandberg"}


def test_a_colleague_reads_the_draft_and_takes_it_over(page, as_person):
    address = open_draft(page, 1001)
    ready(page)
    tom = as_person("teamlead")
    tom.goto(address)
    expect(tom.locator(".notice")).to_contain_text("This draft is Ana Lima's.")
    expect(tom.locator("#legs")).to_contain_text("Acme Corp")
    expect(send_button(tom)).to_have_count(0)
    expect(tom.locator("input[name=scenario]:enabled")).to_have_count(0)
    tom.get_by_role("button", name="Take it over").click()
    ready(tom).click()
    on_escalation(tom)
    expect(tom.locator("#main")).to_contain_text("Send was pressed by Tom Okafor")
    page.reload()
    on_escalation(page)


def test_do_not_escalate_with_a_reason_and_reopen(page, sandbox, work):
    open_draft(page, 1021)
    page.get_by_text("None of these, or no need to escalate").click()
    page.get_by_label("Another reason").fill("Answered by the documentation")
    page.get_by_role("button", name="End here: do not escalate").click()
    expect(page.locator(".notice")).to_contain_text("Answered by the documentation")
    expect(page.locator("[data-send]")).to_have_count(0)
    page.get_by_role("button", name="Reopen it").click()
    card(page, "The customer asked for an escalation").click()
    ready(page)
    work()
    assert sandbox.ledger() == []


def test_discard_and_reopen(page):
    address = open_draft(page, 1001)
    ready(page)
    change_situation(page, OWN_WORDS)
    page.get_by_role("button", name="Discard this draft").click()
    expect(page.get_by_text("The draft on ticket 1001 is discarded.")).to_be_visible()
    expect(page.get_by_text("No open drafts.")).to_be_visible()
    page.goto(address)
    page.get_by_role("button", name="Reopen it").click()
    expect(page.locator("#legs")).to_contain_text(OWN_WORDS)
    ready(page)


def facts_read(page):
    ready(page)


def choose_another(page):
    ready(page)
    card(page, "The customer asked for an escalation").click()
    expect(page.locator("#situation")).to_contain_text("You chose it.")


def edit_words(page):
    ready(page)
    change_situation(page, OWN_WORDS)


@pytest.mark.parametrize(
    ("work_until", "kept"),
    [
        (lambda page: None, "has an emergency"),
        (facts_read, "has an emergency"),
        (choose_another, "asked for an escalation"),
        (edit_words, OWN_WORDS),
    ],
    ids=["ticket", "facts", "situation", "words"],
)
def test_a_closed_lid_costs_nothing(as_person, work_until, kept):
    before = as_person("engineer")
    address = open_draft(before, 1001)
    work_until(before)
    before.context.close()
    after = as_person("engineer")
    after.goto("/")
    after.get_by_role("link", name=re.compile("Ticket 1001")).click()
    assert after.url == address
    ready(after)
    expect(after.locator("#legs")).to_contain_text(kept)


def test_the_same_ticket_pasted_twice_is_one_draft(page):
    first = open_draft(page, 1001)
    ready(page)
    assert open_draft(page, 1001) == first


def test_sign_in_is_one_click_and_leads_where_one_wanted_to_go(as_person):
    page = as_person(None)
    page.goto("/escalate/?ticket=1001")
    page.get_by_role("button", name="Ana Lima").click()
    page.wait_for_url(re.compile("/drafts/"))
    ready(page)


def test_somebody_from_sales_finds_the_way_to_support(page, settings):
    page.goto("/escalate/?ticket=1001")
    expect(page.locator(f'a[href="{settings.ATTENTION_REQUEST_URL}"]').first).to_be_visible()

"""Not twice: an earlier thread is gone on with as a note, and two reasons become one message."""

from playwright.sync_api import expect

from tests.browser.hand import Hand, card, on_escalation, open_draft, ready


def test_a_note_in_the_same_thread_mentions_nobody(page, sandbox, work):
    hand = Hand(page)
    open_draft(page, 1001)
    hand.click(ready(page))
    on_escalation(page)
    work()
    open_draft(page, 1001)
    expect(page.locator("#told")).to_contain_text("Dana Reyes was told once today (UTC) already.")
    hand.click(page.get_by_role("radio", name="Add a note"))
    hand.click(ready(page, "Post in the thread in #a_acme-internal and note ticket 1001"))
    on_escalation(page)
    work()
    first, second = sandbox.effects("message")
    assert second["thread_ts"] == first["ts"]
    assert "<@U0DANAREYES>" in str(first) and "<@U0DANAREYES>" not in str(second)


def test_now_i_need_something_leads_to_the_box_of_the_ask(page, sandbox, work):
    open_draft(page, 1001)
    ready(page).click()
    on_escalation(page)
    work()
    open_draft(page, 1001)
    ready(page)
    radio = page.get_by_role("radio", name="Now I need something")
    radio.focus()
    page.keyboard.press("Space")
    box = page.get_by_role("textbox", name="Ask")
    expect(box).to_be_focused()
    expect(box).to_be_in_viewport()
    expect(page.locator("#announcer")).to_contain_text("you are in the box of the ask")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Can you join the call at four?")
    page.keyboard.press("Control+Enter")
    on_escalation(page)
    work()
    assert "Can you join the call at four?" in str(sandbox.effects("message")[1])


def test_two_reasons_are_one_message_with_one_mention(page, sandbox, work):
    open_draft(page, 1022)
    expect(page.locator("#line-people")).to_have_attribute("data-state", "done")
    card(page, "Make the CSM aware of an emergency or a high-priority ticket").click()
    page.get_by_role("checkbox", name="The customer asked for an escalation").check()
    expect(page.locator("#legs")).to_contain_text("Please")
    expect(page.get_by_role("checkbox", name="The customer asked for an escalation")).to_be_focused()
    ready(page).click()
    on_escalation(page)
    work()
    [message] = sandbox.effects("message")
    assert "has an emergency" in str(message["blocks"])

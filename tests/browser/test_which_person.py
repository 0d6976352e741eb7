"""Ticket 1026: the CSM is a text that two people are called. Who it is, is one press, and can be taken back."""

from playwright.sync_api import expect

from tests.browser.hand import on_escalation, open_draft, ready


def test_two_of_one_name_are_settled_with_one_press(page, sandbox, work):
    open_draft(page, 1026)
    ready(page, "Send Omar Haddad and you a direct message and note ticket 1026")
    review = page.locator("#review")
    expect(review).to_contain_text("The CSM is only a name, “Maria Silva”, and 2 people in Slack have it.")
    page.get_by_role("button", name="It is Maria Silva (maria.silva@example.com)").click()
    ready(page, "Send Maria Silva and you a direct message and note ticket 1026")
    expect(review).to_contain_text("Ana Lima said that it is Maria Silva (maria.silva@example.com)")
    page.get_by_role("button", name="It is not them").click()
    ready(page, "Send Omar Haddad and you a direct message and note ticket 1026")
    page.get_by_role("button", name="It is Maria Silva (maria.silva2@example.com)").click()
    ready(page, "Send Maria Silva and you a direct message and note ticket 1026").click()
    on_escalation(page)
    expect(page.locator("main")).to_contain_text("said by Ana Lima: one of 2 of that name in Slack")
    work()
    [message] = sandbox.effects("message")
    assert [one["name"] for one in message["mentions"]] == ["Maria Silva", "Ana Lima"]
    assert [one["user_email"] for one in sandbox.effects("follower")] == ["maria.silva2@example.com"]

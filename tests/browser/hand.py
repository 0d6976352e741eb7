"""A person at the page: every interaction is counted, and whatever the page complains about is written down."""

import re

from playwright.sync_api import BrowserContext, Locator, Page, expect

PATIENCE = 20_000  # milliseconds; only a test that fails waits that long
expect.set_options(timeout=PATIENCE)


def address_of(ticket: int, instance: str = "") -> str:
    return f"https://portal-demo{instance and '-' + instance}.zendesk.com/agent/tickets/{ticket}"


class Watch:
    """Complaints of pages: errors on the console (a violated policy is one), uncaught errors, dialogs, foreign requests."""

    def __init__(self):
        self.complaints: list[str] = []
        self.expected: list[str] = []

    def over(self, context: BrowserContext) -> None:
        context.on("console", lambda message: message.type == "error" and self._note(_told(message)))
        context.on("weberror", lambda error: self._note(f"uncaught: {error.error}"))
        context.on("dialog", self._dialog)

    def expect(self, part: str) -> None:
        """A complaint with these words is what the test is about (the browser logs every 4xx as an error)."""
        self.expected.append(part)

    def _note(self, text: str) -> None:
        if not any(part in text for part in self.expected):
            self.complaints.append(text)

    def _dialog(self, dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()


def _told(message) -> str:
    return f"{message.text} ({message.location.get('url', '')}:{message.location.get('lineNumber', '')})"


class Hand:
    """Opens, clicks, presses, pastes; `count` is the number of interactions, `typed` the number of characters."""

    def __init__(self, page: Page):
        self.page, self.count, self.typed = page, 0, 0

    def open(self, address: str) -> None:
        self.count += 1
        self.page.goto(address)

    def click(self, target: Locator, **how) -> None:
        self.count += 1
        target.click(**how)

    def press(self, key: str) -> None:
        self.count += 1
        self.page.keyboard.press(key)

    def paste(self, text: str) -> None:
        """From the clipboard into whatever has the focus, as Ctrl+V does it."""
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.count += 1
        self.page.keyboard.press("Control+V")

    def paste_into(self, field: Locator, text: str) -> None:
        """The same without a script on the page: the field already has the focus."""
        self.count += 1
        field.fill(text)


def send_button(page: Page) -> Locator:
    return page.locator("#send .sendbar > button:not([name])")


def card(page: Page, title: str) -> Locator:
    """A situation's card by its title; all of it can be clicked."""
    return page.locator(".card", has=page.get_by_text(title, exact=True))


def ready(page: Page, act: str | None = None) -> Locator:
    """The Send button once everything has been read, saying what it will do."""
    button = send_button(page)
    expect(button).to_be_enabled()
    if act is not None:
        expect(button).to_have_text(act)
    return button


def on_escalation(page: Page) -> int:
    """The number of the escalation whose page this is."""
    page.wait_for_url(re.compile(r"/escalations/\d+/$"))
    return int(page.url.rstrip("/").rsplit("/", 1)[1])


def review(page: Page, ticket: int, act: str | None = None, *, scripts: bool = True) -> Locator:
    """The Send button of the ticket's review, also where the page has no script."""
    if scripts:
        open_draft(page, ticket)
    else:
        page.goto("/")
        page.get_by_label("Ticket link or number").fill(str(ticket))
        page.get_by_role("button", name="Look up").click()
    return ready(page, act)


def open_draft(page: Page, ticket: int) -> str:
    """The draft's address, after arriving by link; the look-ups are under way."""
    page.goto(f"/escalate/?ticket={address_of(ticket)}")
    page.wait_for_url(re.compile(r"/drafts/[0-9a-f-]+/$"))
    return page.url

"""Foreign text never executes: payloads in the subject and the customer's name, on every page that shows them."""

import itertools

import pytest
from playwright.sync_api import expect

from tests.browser.hand import on_escalation, open_draft, ready

MARK = "window.pwned=1"
TAGS = (
    "<script>{m}</script>", "<img src=x onerror={m}>", "<svg onload={m}>", "<body onload={m}>", "<iframe srcdoc='<script>parent.{m}</script>'>",
    "<a href='javascript:{m}'>x</a>", "<details open ontoggle={m}>", "<input autofocus onfocus={m}>",
    "<div hx-get='/pwned' hx-trigger='load'></div>", "<div hx-on:click='{m}' hx-on::load='{m}'></div>",
    "<div data-hx-get='/pwned' data-hx-trigger='load'></div>", "<form action='/pwned'><input name=ticket autofocus></form>",
    "<meta http-equiv=refresh content='0;url=/pwned'>", "<base href='https://example.com/'>", "<link rel=stylesheet href='/pwned'>",
)  # fmt: skip
AROUND = ("{}", '">{}', "'>{}", "</title></textarea></script>{}")
PAYLOADS = [around.format(tag.format(m=MARK)) for tag, around in itertools.product(TAGS, AROUND)]


@pytest.mark.parametrize("part", range(4))
def test_sixty_payloads_do_nothing(page, sandbox, work, part):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    hostile = " ".join(PAYLOADS[part::4])
    sandbox.control("ticket", id=1001, subject=hostile)
    sandbox.control("account", customer="Acme Corp", name=hostile)
    open_draft(page, 1001)
    ready(page)
    expect(page.locator(".subject")).to_contain_text(MARK)
    unharmed(page)
    page.get_by_text("Change the words").click()
    page.get_by_role("textbox", name="Situation").fill(hostile[:600])
    expect(page.locator("#legs")).to_contain_text(MARK)
    unharmed(page)
    ready(page).click()
    number = on_escalation(page)
    work()
    expect(page.locator("#deliveries-title")).to_have_text("Delivered")
    unharmed(page)
    for address in ("/history/", "/", f"/escalations/{number}/", f"/history/?q={hostile[:90]}", "/reports/"):
        page.goto(address)
        unharmed(page)
    assert not [url for url in asked if url.split("?")[0].endswith("/pwned")]
    for message in sandbox.effects("message"):
        assert {person["name"] for person in message["mentions"]} == {"Ana Lima", "Dana Reyes"}


def unharmed(page) -> None:
    assert page.evaluate("window.pwned") is None
    for inside in ("script", "iframe", "[hx-get='/pwned'], [data-hx-get='/pwned']", "base", "meta[http-equiv]"):
        assert page.locator(f"main {inside}").count() == 0
    assert page.locator("base, a[href^='javascript:']").count() == 0


def test_sixty_of_them():
    assert len(set(PAYLOADS)) == 60

"""Foreign text never executes: payloads in every text that comes from outside, on every page that shows them."""

import itertools
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from escalations.actions import lifecycle
from escalations.rules.facts import Facts, Seen
from tests.actions.factories import make_delivery, make_draft, review
from tests.browser.hand import on_escalation, open_draft, ready
from tests.conftest import NOON
from tests.rules import factories as given

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
    page.get_by_role("textbox", name="Situation").fill(f"Typed: {hostile[:600]}")
    expect(page.locator("#legs")).to_contain_text("Typed: ")  # the subject has the same words: only this says that they are read
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


# What is no free text, so that the page gets as far as it would: ids, addresses, instants, kinds, numbers.
KEPT = {
    "id", "instance", "priority", "state", "created_at", "updated_at", "close_on", "at", "email", "url", "website", "timezone", "salesforce_id",
    "external_id", "account_id", "channel_id", "role", "why", "organization_id", "named", "followers", "use_email",
    "status_text", "status_emoji",  # a status says away: the person would be passed over
}  # fmt: skip


def filled(value, payload: str, name: str = ""):
    """The same value with the payload in the place of every text in it."""
    if isinstance(value, dict):
        return {key: filled(one, payload, key) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [filled(one, payload, name) for one in value]
    return payload if isinstance(value, str) and name not in KEPT else value


def everything(payload: str):
    """All that can be seen of a ticket and its customer, with nothing left empty, and the payload wherever a text is."""
    organization = {**given.ORGANIZATION, "notes": "n", "region": "r", "account_owner": "o", "csm": "c"}
    made = given.facts(
        ticket=given.ticket(priority="urgent", tags=["t"], organization=organization, domain="d"),
        comments=[given.comment(body="b")],
        account=given.account(channel_id="C0ACME", region="r", csm_name="c", opportunities=[given.opportunity(given.GRACE)]),
        channel=given.CHANNEL,
        **given.known(given.DANA, given.OMAR, given.GRACE, {"name": "Ana Lima", "email": "ana.lima@example.com"}),
    )
    made = made.having([Seen("slack", "people", {"found": 4}, NOON)])  # nothing is looked up by itself
    return Facts.of(replace(one, value=filled(one.value, payload)) for one in made.seen.values())


@pytest.mark.parametrize("part", range(4))
def test_each_payload_in_every_external_field_does_nothing(page, people, part, as_person):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for number, payload in enumerate(PAYLOADS[part::4], 3000):
        draft = make_draft(people["engineer"], facts=everything(payload), ticket_id=number, scenario="emergency")
        page.goto(draft.get_absolute_url())
        expect(page.locator(".subject")).to_contain_text(payload[:20])
        unharmed(page)
        escalation = lifecycle.submit(draft, digest=review(draft), by=people["engineer"], now=NOON)
        page.goto(escalation.get_absolute_url())
        unharmed(page)
    stuck = {"state": "dead", "settled_at": NOON, "trouble": "is_archived", "trouble_at": NOON, "last_words": payload, "mentions": payload[:200]}
    make_delivery(people["engineer"], escalation=escalation, **stuck, place={"kind": "channel", "label": payload, "note": payload, "people": {}})
    type(escalation).objects.filter(pk=escalation.pk).update(state="in_progress")
    for address in ("/", "/history/", "/reports/", "/attention/", f"/escalations/{escalation.pk}/withdraw/", f"/escalations/{escalation.pk}/not-mine/"):
        page.goto(address)
        unharmed(page)
    dana = as_person("csm")
    for address in ("/", f"/a/{escalation.reference}", f"/a/{escalation.reference}/not-mine/"):
        dana.goto(address)
        unharmed(dana)
    assert not [url for url in asked if url.split("?")[0].endswith("/pwned")]


def unharmed(page) -> None:
    assert page.evaluate("window.pwned") is None
    for inside in ("script", "iframe", "[hx-get='/pwned'], [data-hx-get='/pwned']", "base", "meta[http-equiv]"):
        assert page.locator(f"main {inside}").count() == 0
    assert page.locator("base, a[href^='javascript:']").count() == 0


def test_sixty_of_them():
    assert len(set(PAYLOADS)) == 60

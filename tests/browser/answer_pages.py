"""The pages of an answer, by name: for who was told, and for who records it."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.hand import on_escalation, open_draft, ready


def ask(portal, ticket: int = 1001) -> tuple[Page, int]:
    """Ana has asked Dana on a ticket, and it has arrived: the escalation's page and number."""
    page = portal.as_person("engineer")
    number = send(page, ticket)
    portal.work()
    page.reload()
    return page, number


def send(page: Page, ticket: int = 1001) -> int:
    """The situation is chosen beforehand: how it is chosen is another test's matter."""
    from escalations.actions import wizard
    from escalations.models import Draft

    open_draft(page, ticket)
    ready(page)
    wizard.choose(Draft.objects.latest("created_at"), scenario_key="customer-asked", now=datetime.now(UTC))
    page.reload()
    expect(page.locator("#legs")).to_contain_text("Please talk to the customer by")
    ready(page).click()
    return on_escalation(page)


def waiting(portal) -> Page:
    page, _ = ask(portal)
    expect(page.locator("#answer")).to_contain_text("Waiting for Dana Reyes until")
    return page


def overdue(portal) -> Page:
    from escalations.actions.overdue import find_overdue
    from escalations.models import Escalation

    page, number = ask(portal)
    page.goto(late(Escalation.objects.get(pk=number)))
    find_overdue()
    page.reload()
    expect(page.locator("#answer")).to_contain_text("Overdue since")
    return page


def late(sent) -> str:
    """The address of one like it whose day is over: the database keeps the day of what was sent."""
    from escalations.models import Delivery
    from tests.actions.factories import make_escalation

    ended = datetime.now(UTC) - timedelta(days=1)
    same = (
        "contact_name", "contact_email", "contact_as", "customer_name", "texts", "explanation", "copy_text", "scenario_key", "scenario_title",
    )  # fmt: skip
    told = {name: getattr(sent, name) for name in same}
    row = make_escalation(
        sent.author, state="completed", follow_up="awaiting_reply", answer_on=ended.date(), overdue_at=ended, **told
    )  # fmt: skip
    first = sent.deliveries.first()
    Delivery.objects.create(
        escalation=row, key="00000000-0000-4000-8000-000000000001", leg_key="slack", system="slack", purpose="post", target="C1",
        visibility="internal", content=first.content, due_at=ended, settled_at=ended, state="delivered", remote_id="C1:1.1",
        place=first.place,
    )  # fmt: skip
    return row.get_absolute_url()


def form(what: str, press: bool = False):
    def go(portal) -> Page:
        page, number = ask(portal)
        page.goto(f"/escalations/{number}/{what}/")
        if press:
            portal.watch.expect("422")
            page.locator("form.panel button").click()
            expect(page.locator(".error-summary")).to_contain_text("Nothing was recorded")
        return page

    return go


def refused(portal) -> Page:
    """Dana has said that it is not hers; Ana looks."""
    page, _ = ask(portal)
    page.get_by_role("link", name="Not theirs…").click()
    page.get_by_label("Moved to another team or role").check()
    page.get_by_role("button", name="Record: not theirs").click()
    expect(page.locator("#answer")).to_contain_text("A draft for the next step is prepared")
    page.get_by_text("Answer to copy").click()
    return page


def too_late(portal) -> Page:
    """Ana's form was open while somebody recorded it: what she typed stands there to be copied."""
    portal.watch.expect("409")
    page = form("acknowledged")(portal)
    page.get_by_label("What they said with it").fill("Joel Sandberg calls them at ten")
    elsewhere = portal.as_person("teamlead")
    elsewhere.goto(page.url)
    elsewhere.get_by_role("button", name="Record: they have it").click()
    expect(elsewhere.locator("#answer")).to_contain_text("recorded by Tom Okafor")
    page.get_by_role("button", name="Record: they have it").click()
    expect(page.get_by_label("What they said with it")).to_have_value("Joel Sandberg calls them at ten")
    return page


def closed(portal) -> Page:
    page, _ = ask(portal)
    page.get_by_role("link", name="They have it…").click()
    page.get_by_role("button", name="Record: they have it").click()
    page.get_by_role("link", name="Close…").click()
    page.get_by_label("Handed over", exact=True).check()
    page.get_by_label("If handed over: to whom?").fill("Joel Sandberg")
    page.get_by_role("button", name="Close ESC-").click()
    expect(page.locator("#answer")).to_contain_text("Closed: handed over to Joel Sandberg")
    return page


def answer(then=lambda page: None):
    def go(portal) -> Page:
        _, number = ask(portal)
        page = portal.as_person("csm")
        page.goto(f"/a/ESC-{number}")
        then(page)
        return page

    return go


def have_it(page: Page) -> None:
    page.get_by_role("button", name="I have it").click()
    expect(page.get_by_text("“I have it”, says Dana Reyes")).to_be_visible()


def not_mine(page: Page) -> None:
    page.get_by_role("link", name="Not mine…").click()
    expect(page.locator("h1")).to_contain_text("is not mine")


def recipient_home(portal) -> Page:
    _, number = ask(portal)
    page = portal.as_person("csm")
    page.goto("/")
    expect(page.locator("#addressed")).to_contain_text(f"ESC-{number}")
    return page


def attention(portal) -> Page:
    page = overdue(portal)
    page.goto("/attention/")
    expect(page.locator("#overdue")).to_contain_text("has not answered by")
    return page


ANSWER_PAGES = {
    "home-recipient-full": recipient_home,
    "answer": answer(),
    "answer-given": answer(have_it),
    "answer-not-mine": answer(not_mine),
    "escalation-waiting": waiting,
    "escalation-not-theirs": refused,
    "escalation-closed": closed,
    "escalation-overdue": overdue,
    "acknowledged": form("acknowledged"),
    "not-theirs": form("not-mine"),
    "not-theirs-refused": form("not-mine", press=True),
    "acknowledged-too-late": too_late,
    "close": form("close"),
    "close-refused": form("close", press=True),
    "attention-overdue": attention,
}

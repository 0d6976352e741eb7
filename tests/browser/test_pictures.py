"""The pictures of the documentation. `PICTURES=1 pytest -m browser tests/browser/test_pictures.py` writes docs/pictures/*.png;
otherwise the same pages are only opened."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.hand import address_of, card, on_escalation, open_draft, ready
from tests.browser.pages import PAGES, samples

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
MOST_BYTES = 250_000
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


def home(portal):
    samples()
    page = portal.as_person("engineer")
    for ticket in (1021, 1003):
        open_draft(page, ticket)
        expect(page.locator("#line-people")).to_have_attribute("data-state", "done")
    page.goto(f"/escalate/?ticket={address_of(1001)}")
    ready(page).click()
    on_escalation(page)
    portal.work()
    page.goto("/")
    return page


def sandbox_page(portal):
    portal.watch.expect("favicon.ico")  # the sandbox has none
    page = PAGES["escalation-delivered"](portal)
    page.goto(portal.sandbox.base)
    return page


def ticket(number: int, *, choose: str = "", tick: str = ""):
    """The page of one of the typical tickets, as an engineer finds it."""

    def go(portal):
        page = portal.as_person("engineer")
        open_draft(page, number)
        expect(page.locator("#line-people")).to_have_attribute("data-state", "done")
        if choose:
            card(page, choose).click()
            expect(page.locator("#situation")).to_contain_text("You chose it.")
        if tick:
            page.get_by_role("checkbox", name=tick).check()
        expect(page.locator("#sendbar button").first).to_be_enabled()
        return page

    return go


TYPICAL = {
    "ticket-lead": ticket(1009),
    "ticket-two-reasons": ticket(1022, choose="Make the CSM aware of an emergency or a high-priority ticket", tick="The customer asked for an escalation"),
    "ticket-away": ticket(1030),
    "ticket-do-not-escalate": ticket(1005),
}  # fmt: skip

# name: (how to get there, window, colours, the whole page or only the window)
PICTURES = {
    "home": (home, WIDE, "light", False),
    "wizard": (PAGES["draft-ready"], WIDE, "light", True),
    "wizard-dark": (PAGES["draft-ready"], WIDE, "dark", True),
    "wizard-phone": (PAGES["draft-ready"], PHONE, "light", True),
    "review-without-person": (PAGES["draft-without-person"], WIDE, "light", True),
    "escalation": (PAGES["escalation-delivered"], WIDE, "light", True),
    "attention": (PAGES["attention"], WIDE, "light", True),
    "history": (PAGES["history-full"], WIDE, "light", False),
    "mapping": (PAGES["mapping"], WIDE, "light", False),
    "reports": (PAGES["reports"], WIDE, "light", False),
    "sandbox": (sandbox_page, WIDE, "light", False),
    **{name: (go, WIDE, "light", True) for name, go in TYPICAL.items()},
}


@pytest.mark.parametrize("name", PICTURES)
def test_picture(as_person, sandbox, settings, watch, work, monkeypatch, name):
    go, window, colours, whole = PICTURES[name]

    def seen_like_this(who, **options):
        return as_person(who, viewport=window, color_scheme=colours, reduced_motion="reduce", **options)

    page = go(SimpleNamespace(as_person=seen_like_this, sandbox=sandbox, settings=settings, watch=watch, work=work,
                              monkeypatch=monkeypatch))  # fmt: skip
    expect(page.locator("h1")).to_have_count(1)
    if os.environ.get("PICTURES"):
        page.mouse.move(0, 0)
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        take(page, FOLDER / f"{name}.png", whole)


def take(page, path: Path, whole: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if whole:  # a window as high as the page: the bar that sticks to its bottom then stands where it belongs
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
    page.screenshot(path=path)
    if path.stat().st_size > MOST_BYTES / 2:
        with Image.open(path) as picture:
            few = in_its_own_colours(picture.convert("RGB"))
        few.save(path, optimize=True)
    assert path.stat().st_size < MOST_BYTES


def in_its_own_colours(picture: Image.Image) -> Image.Image:
    """The 256 that it has most of: fewer, or averages of them, take a small badge its colour."""
    most = sorted(picture.getcolors(picture.width * picture.height), reverse=True)[:256]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, colour in most for part in colour])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)

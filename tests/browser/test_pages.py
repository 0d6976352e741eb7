"""Every page in every mood: axe in light and dark, a narrow window, forced colours, headers, landmarks."""

from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.pages import PAGES

# What sticks out of the window to the right, unless something around it scrolls or clips by itself.
STICKING_OUT = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= page.clientWidth) return [];
  const contained = (element) => element && element !== document.body && element !== page
    && (getComputedStyle(element).overflowX !== 'visible' || contained(element.parentElement));
  return [`${page.scrollWidth} > ${page.clientWidth}`, ...[...document.querySelectorAll('body *')]
    .filter((e) => e.getBoundingClientRect().right > page.clientWidth + 1 && !contained(e.parentElement))
    .slice(0, 5).map((e) => `${e.tagName}.${e.className} ${Math.round(e.getBoundingClientRect().right)}`)];
}"""
# Buttons and fields that nobody would see in forced colours: neither a border nor an outline nor a system appearance.
WITHOUT_EDGE = """() => [...document.querySelectorAll('.button, input:not([type=hidden]), select, textarea')]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().width > 1 && !e.closest('.visually-hidden'))
  .filter((e) => { const s = getComputedStyle(e); return !/radio|checkbox/.test(e.type) && s.appearance === 'none'
    && parseFloat(s.borderTopWidth) === 0 && parseFloat(s.outlineWidth) === 0; })
  .map((e) => e.outerHTML.slice(0, 120))"""

AT_REST = """async () => {
  await new Promise(requestAnimationFrame);
  await Promise.allSettled(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime < Infinity).map((one) => one.finished));
}"""


@pytest.fixture
def portal_for_pages(as_person, sandbox, settings, watch, work, monkeypatch):
    def quiet(who, **options):
        return as_person(who, reduced_motion="reduce", **options)

    return SimpleNamespace(
        as_person=quiet, sandbox=sandbox, settings=settings, watch=watch, work=work, monkeypatch=monkeypatch
    )


@pytest.mark.parametrize("name", PAGES)
def test_page(portal_for_pages, name):
    page = PAGES[name](portal_for_pages)
    assert not portal_for_pages.watch.complaints
    for attempt in ("Applying inline style", "/widgets.css"):  # axe's own from here on: it reads an @import as the page's
        portal_for_pages.watch.expect(attempt)
    wrong = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(AT_REST)  # the admin's links fade from one colour to the other
        wrong[f"axe, {scheme}"] = violations(page)
    page.emulate_media(color_scheme="light", forced_colors="active")
    wrong["forced colours"] = page.evaluate(WITHOUT_EDGE)
    page.emulate_media(forced_colors="none")
    page.set_viewport_size({"width": 320, "height": 640})
    wrong["320 px"] = page.evaluate(STICKING_OUT)
    assert not {what: found for what, found in wrong.items() if found}


def violations(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['target']} {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for violation in found
        for node in violation["nodes"][:3]
    ]


@pytest.mark.parametrize("name", ["home-full", "draft-ready", "escalation-delivered", "error-404"])
def test_one_heading_one_main_and_a_title_that_names_the_page(portal_for_pages, name):
    page = PAGES[name](portal_for_pages)
    assert page.locator("h1").count() == page.locator("main").count() == 1
    assert page.title().endswith("Escalations") and len(page.title()) > len(" · Escalations")

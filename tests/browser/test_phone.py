"""A draft on a phone: what it is about and Send are on the first screen, and nothing is hidden behind the bar."""

import pytest
from playwright.sync_api import expect

from tests.actions.factories import off_until_in_three_days
from tests.browser.hand import open_draft, ready

PHONE = {"width": 390, "height": 844}
# Every stop of the Tab key: what has the focus and is not in the bar, and how much of it the bar covers, in pixels.
COVERED = """() => {
  const bar = document.querySelector('.sendbar'), focused = document.activeElement;
  if (focused === document.body) return ['end', 0];
  const box = focused.getBoundingClientRect(), top = bar.getBoundingClientRect().top;
  return [focused.outerHTML.slice(0, 90), bar.contains(focused) ? 0 : Math.round(Math.max(0, box.bottom - top))];
}"""


@pytest.fixture
def phone(as_person):
    return as_person("engineer", viewport=PHONE)


def test_the_situation_and_send_are_on_the_first_screen(phone):
    open_draft(phone, 1001)
    expect(ready(phone)).to_be_in_viewport(ratio=1)
    expect(phone.locator("#situation-title")).to_be_in_viewport(ratio=1)
    title, bar = phone.locator(".card:has(:checked) .card__title").bounding_box(), phone.locator(".sendbar").bounding_box()
    assert title["y"] + title["height"] <= bar["y"]
    assert bar["y"] + bar["height"] == PHONE["height"]


@pytest.mark.parametrize("ticket", [1001, 1017, 1033])
def test_nothing_is_hidden_behind_the_bar(phone, people, ticket):
    off_until_in_three_days(people["publisher"])
    open_draft(phone, ticket)
    ready(phone)
    stops = []
    while not stops or stops[-1][0] != "end" and len(stops) < 80:
        phone.keyboard.press("Tab")
        stops.append(phone.evaluate(COVERED))
    assert len(stops) > 20 and not [stop for stop in stops if stop[1]]
    phone.evaluate("scrollTo(0, document.body.scrollHeight)")
    bar = phone.locator(".sendbar").bounding_box()
    assert phone.locator(".site-foot a").last.evaluate("link => link.getBoundingClientRect().bottom") <= bar["y"]


def test_on_its_side_the_bar_does_not_stay(as_person):
    page = as_person("engineer", viewport={"width": 560, "height": 320})
    open_draft(page, 1001)
    ready(page)
    expect(page.locator(".sendbar")).not_to_be_in_viewport()


def test_looking_again_has_its_name_where_only_its_mark_is_seen(phone):
    open_draft(phone, 1001)
    ready(phone)
    again = phone.get_by_role("button", name="Look again in Salesforce")
    assert min(again.bounding_box()["width"], again.bounding_box()["height"]) >= 24
    again.click()
    expect(phone.locator("#announcer")).to_contain_text("Salesforce: account Acme Corp")

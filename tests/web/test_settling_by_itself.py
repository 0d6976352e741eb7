"""An escalation's page after Send: what the poll brings when the last delivery has settled is the page as a reload would show it."""

import re

import pytest

from escalations.models import Escalation

PARTS = ("deliveries", "timeline", "actions", "next", "sent")


@pytest.fixture
def sent(visit, settings):
    """The page of the engineer's escalation, which is held."""
    settings.SEND_HOLD_SECONDS = 8.0
    page = visit("engineer").look_up("1001").send()
    assert "Not sent yet" in page.text
    return page


def part(html: str, name: str) -> str:
    """The element of that id, without what only a swap needs and what changes with every answer."""
    start = re.search(rf'<(\w+) [^>]*id="{name}"|<(\w+) id="{name}"', html)
    tag = start[1] or start[2]
    ends = html.index(f"</{tag}>", start.start())
    return re.sub(r' hx-[\w-]+="[^"]*"|name="csrf[^>]*', "", html[start.start() : ends])


def polled(page) -> str:
    address = f"{Escalation.objects.get().get_absolute_url()}deliveries/"
    return page.client.get(address, headers={"HX-Request": "true"}).content.decode()


def test_while_it_is_held_undo_comes_first(sent):
    assert "Exactly what will be sent" in sent.text
    assert 'class="button button--primary">Undo' in sent.html
    assert 'class="button" id="next-ticket"' in sent.html
    assert "Withdraw" not in sent.text


def test_once_it_is_delivered_the_poll_brings_what_a_reload_shows(sent, work):
    sent.submit("/send-now/")
    work()
    answer, page = polled(sent), sent.open(Escalation.objects.get().get_absolute_url())
    assert "Exactly what was sent" in answer
    assert 'id="withdraw"' in answer
    assert 'class="button button--primary" id="next-ticket"' in answer
    assert {name: part(answer, name) for name in PARTS} == {name: part(page.html, name) for name in PARTS}


def test_a_poll_that_finds_nothing_new_brings_the_same_parts(sent):
    answer = polled(sent)
    assert {name: part(answer, name) for name in PARTS} == {name: part(sent.html, name) for name in PARTS}


def test_who_cannot_undo_goes_on_to_the_next_ticket(sent, visit):
    page = visit("teamlead").open(Escalation.objects.get().get_absolute_url())
    assert 'class="button button--primary" id="next-ticket"' in page.html

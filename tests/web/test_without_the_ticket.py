"""Zendesk does not answer: one goes on without the ticket, in whatever order the answers come, and nothing is sent."""

import itertools
import random

import pytest

from escalations.actions import snapshots
from escalations.models import Draft, Escalation
from tests.conftest import NOON
from tests.rules import factories as facts
from tests.web.test_parts import HTMX


@pytest.fixture
def left_out(visit, sandbox):
    sandbox.fault("zendesk", "500")
    return visit().look_up("1001").submit("/go-on/ticket/")


def test_every_situation_is_offered_and_none_is_ranked(left_out, mapping):
    assert "was left out by the engineer" in left_out.text
    assert "nothing speaks for one of them" in left_out.text
    offered = left_out.form("/situation/")["options"]["scenario"]
    assert offered == [row.key for row in mapping.scenarios if not row.twin_of]
    assert "More situations" not in left_out.text


def test_what_would_be_sent_is_shown_and_cannot_be_sent(left_out):
    seen = left_out.choose("emergency")
    assert "What would be sent" in seen.text
    assert "Nothing is sent without the ticket." in seen.text
    assert "A customer has a problem on ticket 1001" in seen.text
    assert "Text to copy, to tell somebody by hand" in seen.text
    assert not seen.can_send
    assert seen.has_form("/look-up/ticket/")
    seen.send()
    assert seen.status == 409
    assert not Escalation.objects.exists()
    assert Draft.objects.get().is_live


def test_looking_again_finds_everything_and_keeps_the_choice_and_the_words(left_out, sandbox):
    seen = left_out.choose("customer-asked").submit("/words/", situation="Mine: they called.")
    sandbox.session.delete(f"{sandbox.base}/control/faults", timeout=5)
    seen.submit("/look-up/ticket/")
    assert seen.can_send
    assert "mentions Dana Reyes" in seen.text
    assert "Mine: they called." in seen.text
    assert Draft.objects.get().scenario_key == "customer-asked"


def test_the_late_answer_of_what_was_left_out_is_dropped(left_out):
    draft = Draft.objects.get()
    late = facts.facts(ticket=facts.ticket()).seen.values()
    assert not snapshots.record(draft, revision=draft.revision - 1, facts=late, now=NOON)
    assert draft.snapshots.get(key="ticket").error == "skipped"


STEPS = {
    "leave out the ticket": ("go-on/ticket/", {}),
    "a ticket that comes late": ("look-up/ticket/", {"revision": "1"}),
    "look up the account": ("look-up/account/", {"revision": "2"}),
    "look up the people": ("look-up/people/", {"again": "1"}),
    "choose": ("situation/", {"scenario": "emergency"}),
    "words": ("words/", {"situation": "Mine."}),
    "send": ("send/", {"seal": "x"}),
}
ORDERS = random.Random(7).sample(list(itertools.permutations(STEPS)), 24)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
@pytest.mark.parametrize("order", ORDERS, ids=range(len(ORDERS)))
def test_no_order_of_answers_breaks_the_page(visit, order, headers):
    seen = visit().open("/escalate/")
    seen.client.post("/escalate/", {"ticket": "1001", "scripted": "1"})
    draft = Draft.objects.get()
    address = draft.get_absolute_url()
    for name in order:
        step, values = STEPS[name]
        assert seen.client.post(f"{address}{step}", values, headers=headers).status_code < 500, name
        assert seen.open(address).status == 200, name
    assert Draft.objects.get().is_live
    assert not Escalation.objects.exists()

"""Answered while something still waits to be sent: nobody is told any more of what is refused or closed."""

import uuid

import pytest

from escalations.actions import delivery, effects, follow_up, ownership, settling, working
from escalations.gateways.wiring import gateways
from escalations.models import Delivery, Escalation
from escalations.models.clock import database_now
from tests.actions.factories import make_delivery, make_escalation

pytestmark = pytest.mark.usefixtures("mapping", "sandbox")
ASKED = {"state": "in_progress", "follow_up": "awaiting_reply", "contact_name": "Dana Reyes", "contact_email": "dana.reyes@example.com"}


@pytest.fixture
def ana(people):
    return people["engineer"]


def half_sent(by, slack="pending", **values):
    """The note has arrived; the mention is in this state."""
    row = make_escalation(by, **ASKED)
    arrived = {"state": "delivered", "settled_at": database_now(), "remote_id": "1", "tried": 1, "attempts": 1}
    make_delivery(by, "zendesk", escalation=row, **arrived)
    make_delivery(by, escalation=row, state=slack, mentions="U0DANAREYES", **values)
    return row


@pytest.fixture
def waiting(ana):
    return half_sent(ana)


@pytest.fixture
def dead(ana):
    return half_sent(ana, "dead", settled_at=database_now(), tried=1, attempts=1)


def refuse(row, by):
    follow_up.not_mine(row, said_by="Dana Reyes", reason="Moved to another team or role", right=None, by=by, now=database_now())


def close(row, by):
    follow_up.close(row, disposition="not_needed", said_by="Dana Reyes", by=by, now=database_now())


SAID = [(refuse, "Who was told said that it is not theirs before it was sent."), (close, "The escalation was closed before it was sent.")]
each_saying = pytest.mark.parametrize(("say", "words"), SAID, ids=["not mine", "closed"])


def slack_leg(row) -> Delivery:
    return row.deliveries.get(system="slack", origin=None)


@each_saying
def test_what_waits_is_not_sent_any_more(waiting, ana, sandbox, say, words):
    say(waiting, ana)
    leg = slack_leg(waiting)
    assert (leg.state, leg.last_words) == ("cancelled", words)
    working.deliver_due(gateways())
    assert sandbox.ledger() == []
    assert Escalation.objects.get().state == "completed"


@each_saying
def test_what_could_not_be_sent_need_not_be(dead, ana, say, words):
    say(dead, ana)
    assert (slack_leg(dead).state, Escalation.objects.get().state) == ("cancelled", "completed")


@each_saying
def test_an_attempt_that_fails_afterwards_is_the_last(waiting, ana, sandbox, say, words):
    """It was answered while the attempt was under way."""
    leg = slack_leg(waiting)
    sandbox.fault("slack", "429", match="chat.postMessage", retry_after=0)
    with ownership.owned("w1") as owner:
        claimed = delivery.claim(leg.pk, leg.escalation_id, owner=owner)
        say(waiting, ana)
        delivery.send(claimed, gateways(), owner=owner)
    leg = slack_leg(waiting)
    assert (leg.state, leg.last_words) == ("cancelled", words)


@each_saying
def test_what_is_looked_for_before_it_is_sent_again_is_not_sent(ana, sandbox, monkeypatch, say, words):
    """The look before the next attempt takes seconds, and it is answered meanwhile."""
    waiting = half_sent(ana)
    sandbox.fault("slack", "503", match="chat.postMessage", times=1)
    working.deliver_due(gateways())
    leg, look = slack_leg(waiting), effects.LOOKERS["slack"]
    assert leg.state == "uncertain"
    Delivery.objects.filter(pk=leg.pk).update(state="pending", due_at=database_now())

    def look_meanwhile(*given):
        say(waiting, ana)
        return look(*given)

    monkeypatch.setitem(effects.LOOKERS, "slack", look_meanwhile)
    with ownership.owned("w1") as owner:
        delivery.send(delivery.claim(leg.pk, leg.escalation_id, owner=owner), gateways(), owner=owner)
    assert (slack_leg(waiting).state, slack_leg(waiting).last_words) == ("cancelled", words)
    assert sandbox.effects("message") == []


@each_saying
def test_what_is_sent_again_by_a_team_lead_is_not(ana, people, say, words):
    """In doubt it stays with the team lead, who can look; sending it again is no way any more."""
    waiting = half_sent(ana, "needs_a_person", tried=1, attempts=1)
    say(waiting, ana)
    assert slack_leg(waiting).state == "needs_a_person"
    settling.send_again([slack_leg(waiting)], by=people["teamlead"], because="Try it")
    assert slack_leg(waiting).state == "cancelled"


@each_saying
def test_nobody_is_told_at_another_place_instead(dead, ana, people, say, words):
    """The team lead's page is from before it was said."""
    leg = slack_leg(dead)
    Escalation.objects.filter(pk=dead.pk).update(follow_up="not_mine" if say is refuse else "closed")
    with pytest.raises(settling.NoSuchTarget, match="Nothing more of it is sent"):
        settling.redirect(leg, target="C0SALES0001", label="#sales", by=people["teamlead"], because="Archived")


@each_saying
def test_what_was_tried_under_another_name_is_not_claimed(waiting, ana, say, words):
    """A row that came to wait by another way, as after a restore."""
    say(waiting, ana)
    late = make_delivery(ana, escalation=waiting, target="C0SALES0001", key=uuid.uuid4())
    with ownership.owned("w1") as owner:
        assert delivery.claim(late.pk, late.escalation_id, owner=owner) is None


@each_saying
def test_what_waited_before_answers_called_anything_off_is_swept(waiting, ana, sandbox, say, words):
    """Said while an older version ran, which went on sending: no claim takes it, and it is not to stand in others' way."""
    Escalation.objects.filter(pk=waiting.pk).update(follow_up="not_mine" if say is refuse else "closed")
    working.deliver_due(gateways())
    assert (slack_leg(waiting).state, slack_leg(waiting).last_words) == ("cancelled", words)
    assert sandbox.ledger() == [] and Escalation.objects.get().state == "completed"


def test_who_has_it_is_told_the_rest(waiting, ana, sandbox):
    """“I have it” does not mean that nobody else needs to know."""
    follow_up.acknowledge(waiting, said_by="Dana Reyes", by=ana, now=database_now())
    working.deliver_due(gateways())
    assert slack_leg(waiting).state == "delivered"


def test_a_notice_to_the_author_is_sent_all_the_same(waiting, ana):
    follow_up.not_mine(
        waiting, said_by="Dana Reyes", reason="Moved to another team or role", right=None, by=ana, now=database_now(), by_themselves=True
    )
    working.deliver_due(gateways())
    assert [leg.state for leg in waiting.deliveries.filter(purpose="notice")] == ["delivered"]

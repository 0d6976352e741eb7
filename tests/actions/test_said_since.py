"""Somebody has said since Send who is not to be told: what still waits mentions and adds nobody, and people are told of that."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escalations.actions import (
    corrections,
    delivery,
    follow_up,
    lifecycle,
    notices,
    ownership,
    settling,
    undoing,
    working,
)
from escalations.actions import effects as outgoing
from escalations.gateways.wiring import gateways
from escalations.models import Attempt, Correction, Delivery, Lane
from escalations.models.clock import database_now
from escalations.models.facts import facts_as_json
from escalations.rules.facts import Seen
from tests.actions.factories import PLAIN_FACTS, make_delivery, make_draft, make_escalation, review

pytestmark = pytest.mark.usefixtures("mapping", "sandbox")
ACME = "0015e0000000001AAA"
TO_DANA = {"contact_name": "Dana Reyes", "contact_email": "dana.reyes@example.com", "account_id": ACME}
MENTIONED, FOLLOWED = {"mentions": "Dana Reyes"}, {"cc": "follower"}


@pytest.fixture
def ana(people):
    return people["engineer"]


def planned(by, state="pending", remote_id=None, tried=0, settled_at=None, **values):
    """Ana's escalation to Dana about Acme, with a message that mentions her; it is due."""
    now = database_now()
    values = {"submitted_at": now, "day": now.date(), "facts": facts_as_json(PLAIN_FACTS), **TO_DANA, **values}
    row = make_escalation(by, **values)
    make_delivery(by, escalation=row, state=state, remote_id=remote_id, tried=tried, settled_at=settled_at, **MENTIONED)
    return row


def say(by, **values) -> Correction:
    given = {
        "account_id": ACME, "email": TO_DANA["contact_email"], "name": "Dana Reyes", "instead": "next_step",
        "valid_from": database_now().date(), "reason": "Moved", "said_by": "Dana Reyes", **values,
    }  # fmt: skip
    return corrections.record(Correction(**given), by=by, now=database_now())


def refuse_another(by) -> None:
    """Dana says of an escalation of before that it is not hers."""
    sent = make_escalation(by, state="completed", follow_up="awaiting_reply", facts=facts_as_json(PLAIN_FACTS), **TO_DANA)
    reason = "Moved to another team or role"
    follow_up.not_mine(sent, said_by="Dana Reyes", reason=reason, right=None, by=by, now=database_now())


def leg(row, system="slack") -> Delivery:
    return row.deliveries.filter(system=system, purpose="post").first()


def test_who_refused_the_customer_is_not_mentioned_by_what_waited(ana, sandbox):
    row = planned(ana)
    refuse_another(ana)
    working.deliver_due(gateways())
    said = Correction.objects.get().reference
    assert (leg(row).state, leg(row).trouble, leg(row).tries.get().outcome) == ("dead", f"said_otherwise:{said}", "stopped")
    assert leg(row).last_words == (
        f"Not sent, because {said} says otherwise: Dana Reyes is not to be told about this account. Its page leads to who is told now."
    )


def test_its_author_is_told(ana, sandbox):
    row = planned(ana)
    refuse_another(ana)
    working.deliver_due(gateways())
    working.deliver_due(gateways())
    assert [notice.state for notice in row.deliveries.filter(purpose="notice")] == ["delivered"]
    [message] = sandbox.effects("message")
    assert Correction.objects.get().reference in message["text"] and "Dana" not in [person["name"] for person in message["mentions"]]


def test_what_somebody_wrote_stays_out_of_the_channel_of_the_team_leads(ana, settings):
    """Two corrections are two causes, each with its own words, and without those of whoever said so."""
    settings.TEAM_LEADS_AFTER_SECONDS = 0
    for contact in ("dana.reyes@example.com", "omar.haddad@example.com"):
        planned(ana, contact_email=contact, contact_name=contact)
        say(ana, email=contact, name=contact, reason="Their CTO is furious")
    working.deliver_due(gateways())
    notices.tell_team_leads()
    told = [row.content["text"] for row in Delivery.objects.filter(leg_key=notices.LEADS)]
    assert len(told) == 2 and all("furious" not in text and "says otherwise" in text for text in told)


def test_a_direct_message_alerts_without_a_mention(ana):
    """The note to a thread in one, or a message to a group: Slack alerts who is in it."""
    row = planned(ana)
    place = {"kind": "thread", "label": "", "note": "", "people": {}, "direct": True}
    thread = make_delivery(ana, escalation=row, target="C0ACCTMGMT1:1.1", place=place)
    group = make_delivery(ana, escalation=row, target="group:U0DANAREYES,U0ANALIMA01")
    say(ana)
    working.deliver_due(gateways())
    for one in (thread, group):
        one.refresh_from_db()
        assert one.state == "dead"


def test_whom_nothing_names_any_more_is_not_told_either(ana):
    """Joel stood in for Dana when it was planned; that was taken back, and he has refused the customer since."""
    cover = say(ana, instead="person", use_email="joel.sandberg@example.com", use_name="Joel Sandberg")
    facts = facts_as_json(PLAIN_FACTS.having([Seen("portal", "corrections", [cover.as_value()], timezone.now())]))
    row = planned(ana, facts=facts, contact_name="Joel Sandberg", contact_email="joel.sandberg@example.com")
    corrections.end(cover, by=ana, now=database_now())
    say(ana, email="joel.sandberg@example.com", name="Joel Sandberg")
    working.deliver_due(gateways())
    assert leg(row).state == "dead"


def test_a_mistake_before_the_writing_leaves_nothing_in_doubt(ana, monkeypatch):
    row = planned(ana)
    monkeypatch.setattr(delivery, "said_otherwise", lambda *given, **more: 1 / 0)
    working.deliver_due(gateways())
    assert (leg(row).state, leg(row).tries.get().outcome) == ("pending", "not_sent") and not leg(row).in_doubt


ARRIVED = {"state": "delivered", "remote_id": "C1:1.1", "tried": 1, "settled_at": timezone.now()}


@pytest.mark.parametrize(("slack", "names", "state"), [({}, {}, "dead"), ({}, FOLLOWED, "dead"), (ARRIVED, {}, "delivered"), (ARRIVED, FOLLOWED, "dead")])
def test_half_of_an_escalation_is_not_sent_but_once_they_were_told_the_rest_is(ana, slack, names, state):
    """The note alone says whom Support has told, who was not; after the mention has arrived it is true."""
    row = planned(ana, **slack)
    make_delivery(ana, "zendesk", escalation=row, **names)
    say(ana)
    working.deliver_due(gateways())
    assert leg(row, "zendesk").state == state


def test_what_names_nobody_waits_while_the_mention_is_in_a_workers_hand(ana, sandbox, monkeypatch):
    """It was asked about before it was said: then they are told, and the rest is sent as well."""
    row = planned(ana)
    note = make_delivery(ana, "zendesk", escalation=row, due_at=database_now() + timedelta(hours=1))
    send = outgoing.SENDERS["slack"]

    def meanwhile(*given):
        say(ana)
        Delivery.objects.filter(pk=note.pk).update(due_at=database_now())
        with ownership.owned("other") as other:
            working.send_next("zendesk-main", gateways(), owner=other)
        return send(*given)

    monkeypatch.setitem(outgoing.SENDERS, "slack", meanwhile)
    working.deliver_due(gateways())
    note.refresh_from_db()
    assert (leg(row).state, note.state, note.attempts) == ("delivered", "pending", 0)
    Delivery.objects.filter(pk=note.pk).update(due_at=database_now())
    working.deliver_due(gateways())
    assert leg(row, "zendesk").state == "delivered"


def test_what_names_nobody_waits_while_nobody_can_tell_whether_the_mention_arrived(ana, sandbox):
    row = planned(ana, state="uncertain", tried=1)
    Attempt.objects.create(delivery=leg(row), n=1, worker="w", started_at=timezone.now(), ended_at=timezone.now(), outcome="ambiguous")
    Delivery.objects.filter(pk=leg(row).pk).update(due_at=database_now() + timedelta(hours=1))
    make_delivery(ana, "zendesk", escalation=row)
    say(ana)
    working.deliver_due(gateways())
    assert leg(row, "zendesk").state == "pending"
    Attempt.objects.update(started_at=timezone.now() - timedelta(hours=1))
    for _ in range(4):
        Delivery.objects.filter(state__in=("pending", "uncertain")).update(due_at=database_now())
        Delivery.objects.filter(looked_empty_at__isnull=False).update(looked_empty_at=timezone.now() - timedelta(minutes=30))
        working.deliver_due(gateways())
    assert (leg(row).state, leg(row, "zendesk").state) == ("dead", "dead") and sandbox.effects("note") == []


def test_a_correction_that_leads_back_to_them_stops_nothing(ana):
    """Dana stands in for Joel, which was known; now Joel has this customer, so that Dana is told in his place."""
    cover = say(ana, account_id="", email="joel.sandberg@example.com", name="Joel Sandberg", instead="person", use_email=TO_DANA["contact_email"], use_name="Dana Reyes")
    facts = facts_as_json(PLAIN_FACTS.having([Seen("portal", "corrections", [cover.as_value()], timezone.now())]))
    row = planned(ana, facts=facts)
    say(ana, email="", name="", instead="person", use_email="joel.sandberg@example.com", use_name="Joel Sandberg")
    working.deliver_due(gateways())
    assert leg(row).state == "delivered"


def test_what_names_nobody_at_all_is_sent(ana):
    """Its channel is told, and not the person."""
    row = make_escalation(ana, **{**TO_DANA, "facts": facts_as_json(PLAIN_FACTS), "day": database_now().date()})
    make_delivery(ana, escalation=row)
    say(ana)
    working.deliver_due(gateways())
    assert leg(row).state == "delivered"


@pytest.mark.parametrize(
    "values",
    [
        {"account_id": "0015e0000000002AAA"}, {"email": "omar.haddad@example.com", "name": "Omar Haddad"}, {"role_key": "ao"},
        {"valid_from": timezone.now().date() + timedelta(days=30)},
    ],
)  # fmt: skip
def test_what_was_said_of_something_else_stops_nothing(ana, values):
    row = planned(ana)
    say(ana, **values)
    working.deliver_due(gateways())
    assert leg(row).state == "delivered"


def test_what_was_known_when_it_was_planned_was_decided_then(ana):
    said = say(ana)
    facts = PLAIN_FACTS.having([Seen("portal", "corrections", [said.as_value()], timezone.now())])
    row = planned(ana, facts=facts_as_json(facts))
    working.deliver_due(gateways())
    assert leg(row).state == "delivered"


def test_sent_again_it_is_stopped_again_until_the_correction_is_taken_back(ana, people, sandbox):
    row = planned(ana)
    said = say(ana)
    working.deliver_due(gateways())
    for state in ("dead", "delivered"):
        settling.send_again([leg(row)], by=people["teamlead"], because="The cause is mended")
        working.deliver_due(gateways())
        assert leg(row).state == state
        if state == "dead":
            corrections.end(said, by=ana, now=database_now())


def test_what_was_stopped_whole_can_be_undone_and_its_draft_finds_who_is_told_now(ana):
    """Nothing of it was written, so that the draft is as it was."""
    now = database_now()
    draft = make_draft(ana, scenario="emergency", now=now)
    sent = lifecycle.submit(draft, digest=review(draft, now=now), by=ana, now=now)
    cover = say(ana, instead="person", use_email="joel.sandberg@example.com", use_name="Joel Sandberg")
    working.deliver_due(gateways())
    assert {row.state for row in sent.deliveries.exclude(purpose="notice")} == {"dead"}
    undone = undoing.undo(sent, by=ana)
    sent.refresh_from_db()
    assert sent.state == "cancelled" and undone.draft.is_live and undone.draft.scenario_key == "emergency"
    assert list(Correction.objects.all()) == [cover], "nobody has said anything more"


@pytest.mark.parametrize("closed", [1, 2])
def test_its_draft_is_given_back_although_a_team_lead_has_closed_what_stood_there(ana, people, closed):
    now = database_now()
    draft = make_draft(ana, scenario="emergency", now=now)
    sent = lifecycle.submit(draft, digest=review(draft, now=now), by=ana, now=now)
    say(ana)
    working.deliver_due(gateways())
    dead = list(sent.deliveries.filter(state="dead"))
    assert len(dead) == 2
    settling.close_not_sent(dead[:closed], by=people["teamlead"], because="Told in another way")
    undone = undoing.undo(sent, by=ana)
    assert undone.draft.is_live and undoing.undo(sent, by=ana).draft == undone.draft, "once, however often it is pressed"


def test_what_was_turned_away_for_now_does_not_keep_the_draft(ana):
    row = planned(ana, draft=make_draft(ana, scenario="emergency"))
    make_delivery(ana, "zendesk", escalation=row, tried=1, attempts=1, due_at=database_now() + timedelta(hours=1))
    say(ana)
    working.deliver_due(gateways())
    assert leg(row).state == "dead"
    assert undoing.undo(row, by=ana).draft.is_live


def test_what_was_stopped_in_part_can_not_be_undone(ana):
    row = planned(ana, **ARRIVED)
    make_delivery(ana, "zendesk", escalation=row, **FOLLOWED)
    say(ana)
    working.deliver_due(gateways())
    with pytest.raises(undoing.TooLate):
        undoing.undo(row, by=ana)


def test_what_had_arrived_before_is_delivered(ana, sandbox):
    row = planned(ana)
    sandbox.fault("slack", "reset_after", match="chat.postMessage", times=1)
    working.deliver_due(gateways())
    say(ana)
    Delivery.objects.filter(state="uncertain").update(state="pending", due_at=database_now())
    working.deliver_due(gateways())
    assert leg(row).state == "delivered" and len(sandbox.effects("message")) == 1


def test_it_says_nothing_of_the_service(ana):
    """Nobody was asked: an open breaker stays open, and the next delivery may try."""
    planned(ana)
    say(ana)
    Lane.objects.create(key="slack", failures=5, since=database_now())
    working.deliver_due(gateways())
    lane = Lane.objects.get(key="slack")
    assert (lane.failures, lane.probe_until) == (5, None)

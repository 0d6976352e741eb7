"""Send at 08:00 their time: nothing leaves before, what was shown leaves then, and a day of attempts counts from there."""

from datetime import timedelta

import pytest
from django.conf import settings as portal
from django.db.models import F
from django.utils import timezone

from escalations.actions import delivery, lifecycle, moves, ownership, settling, undoing, working
from escalations.gateways.wiring import gateways
from escalations.models import AuditEvent, Delivery, Escalation
from escalations.models.active import active
from escalations.models.facts import facts_of
from escalations.models.planning import plan_of
from escalations.models.trouble import standing_still
from escalations.reading.escalation_page import escalation_page
from tests.actions.factories import (
    EMERGENCY,
    make_delivery,
    make_draft,
    make_escalation,
    off_until_in_three_days,
    review,
    work_on,
)

pytestmark = pytest.mark.usefixtures("mapping", "sandbox")
DAY = timedelta(seconds=portal.DELIVERY_GIVE_UP_SECONDS)


def morning(draft, now):
    return lifecycle.morning_of(plan_of(draft, active().mapping, now.date(), now=now), facts_of(draft), active().mapping, now)


@pytest.fixture
def draft(people):
    off_until_in_three_days(people["publisher"])
    return make_draft(people["engineer"], scenario=EMERGENCY, now=timezone.now())


def submit(draft, at=None):
    now = timezone.now()
    return lifecycle.submit(draft, digest=review(draft, now=now), by=draft.author, now=now, at=at or morning(draft, now))


def deliver():
    return working.deliver_due(gateways())


def test_everything_waits_for_the_morning_and_is_tried_for_a_day_from_then(draft, sandbox):
    at = morning(draft, timezone.now())
    assert at.hour == 8 and timedelta(days=1) < at - timezone.now() < timedelta(days=4)
    sent = submit(draft)
    assert sent.hold_until == at
    assert set(sent.deliveries.values_list("due_at", "give_up_at")) == {(at, at + DAY)}
    assert deliver() == 0 and sandbox.ledger() == []
    assert AuditEvent.objects.get(object=sent.reference).payload["at"] == at.isoformat()


def test_what_was_shown_is_what_leaves_then(draft, sandbox):
    sent = submit(draft)
    shown = {leg["system"]: leg["text"] for leg in draft.shown}
    a_while_later(sent)
    assert deliver() == 2
    [note] = sandbox.effects("note")
    assert note["text"].startswith(shown["zendesk"])
    sent.refresh_from_db()
    assert sent.state == "completed"


def a_while_later(sent):
    """The morning has come: everything that waits for it is as long ago as it was ahead."""
    ahead = sent.hold_until - timezone.now() + timedelta(seconds=1)
    Delivery.objects.filter(escalation=sent).update(due_at=F("due_at") - ahead, give_up_at=F("give_up_at") - ahead)
    Escalation.objects.filter(pk=sent.pk).update(hold_until=F("hold_until") - ahead)


def test_undo_is_offered_until_then_and_gives_the_draft_back(draft):
    sent = submit(draft)
    again = undoing.undo(sent, by=draft.author).draft
    sent.refresh_from_db()
    assert (sent.state, again.is_live) == ("cancelled", True)


def test_send_now_ends_the_wait_and_the_day_counts_from_now(draft):
    sent = submit(draft)
    before = timezone.now() - timedelta(seconds=1)
    assert undoing.send_now(sent, by=draft.author) == 2
    for row in sent.deliveries.all():
        assert before < row.due_at < before + timedelta(minutes=1)
        assert row.give_up_at == row.due_at + DAY
    assert deliver() == 2


def test_refusals_are_counted_after_send_now(draft):
    """They are counted in the day that ends when nothing is tried any more: that day must not lie ahead."""
    sent = submit(draft)
    undoing.send_now(sent, by=draft.author)
    row = sent.deliveries.first()
    with ownership.owned("w1") as owner:
        for _ in range(2):
            claimed = delivery.claim(row.pk, sent.pk, owner=owner)
            moves.settle(claimed, "pending", "Not here.", by="w1", attempt="refused", due_at=timezone.now())
    row.refresh_from_db()
    assert delivery._refusals(row) == 3


def test_a_morning_that_is_another_by_now_is_not_taken(draft):
    at = morning(draft, timezone.now())
    for wrong in (at + timedelta(hours=1), at - timedelta(days=1), timezone.now()):
        with pytest.raises(lifecycle.Changed, match="another one now"):
            submit(draft, wrong)
    assert not Escalation.objects.exists()


def test_whoever_is_at_work_is_not_waited_for(people):
    work_on(people["publisher"], "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", from_hour=0, until_hour=24)
    draft = make_draft(people["engineer"], scenario=EMERGENCY, now=timezone.now())
    assert morning(draft, timezone.now()) is None
    with pytest.raises(lifecycle.Changed):
        submit(draft, timezone.now() + timedelta(hours=3))


def test_waiting_for_the_morning_is_no_trouble_and_opening_a_lane_does_not_end_it(draft, people):
    sent = submit(draft)
    assert not standing_still(timezone.now() + timedelta(hours=12)).exists()
    settling.open_lane("slack", by=people["teamlead"])
    assert set(sent.deliveries.values_list("due_at", flat=True)) == {sent.hold_until}


def test_its_page_says_when_where_they_are(draft):
    sent = submit(draft)
    now = timezone.now()
    day = f"{sent.hold_until:%a}"
    assert escalation_page(sent, now=now)["scheduled"] == f"{day} 08:00 in UTC ({day} 08:00 UTC)"
    last = escalation_page(sent, now=sent.hold_until - timedelta(seconds=50))
    assert (last["scheduled"], last["held_seconds"]) == ("", 50)


def test_send_now_after_hours_of_waiting_is_no_trouble_yet(people):
    """Neither its page nor the team leads count the hours for which it was meant to wait."""
    now = timezone.now()
    sent = make_escalation(people["engineer"], submitted_at=now - timedelta(hours=9), hold_until=now + timedelta(hours=3))
    make_delivery(people["engineer"], escalation=sent, due_at=sent.hold_until, give_up_at=sent.hold_until + DAY)
    undoing.send_now(sent, by=people["engineer"])
    sent.refresh_from_db()
    assert not standing_still(timezone.now() - timedelta(minutes=2)).exists()
    seen = escalation_page(sent, now=timezone.now())
    assert (seen["takes_long"], seen["held_seconds"], seen["scheduled"]) == (False, 0, "")
    later = timezone.now() + timedelta(minutes=5)
    assert escalation_page(sent, now=later)["takes_long"] and standing_still(later).exists()

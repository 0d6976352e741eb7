"""The clock of an answer: fixed at Send, looked at by any worker, said once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escalations.actions import follow_up, lifecycle
from escalations.actions.overdue import find_overdue
from escalations.models import AuditEvent, Delivery
from tests.actions.factories import make_delivery, make_draft, make_escalation, review
from tests.actions.threads import at_once
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("mapping")


def asked(by, *, hours_ago=1, delivery="delivered", **values):
    """Dana was asked, and her day ended so many hours ago."""
    ended = timezone.now() - timedelta(hours=hours_ago)
    given = {
        "state": "completed", "follow_up": "awaiting_reply", "contact_name": "Dana Reyes", "answer_on": ended.date(),
        "overdue_at": ended, **values,
    }  # fmt: skip
    row = make_escalation(by, **given)
    arrived = {"remote_id": f"C1:{row.pk}", "settled_at": NOON} if delivery == "delivered" else {}
    make_delivery(by, escalation=row, state=delivery, **arrived)
    return row


def overdue_events() -> int:
    return AuditEvent.objects.filter(action="follow_up.overdue").count()


def submit(by, scenario):
    draft = make_draft(by, scenario=scenario)
    return lifecycle.submit(draft, digest=review(draft), by=by, now=NOON)


def test_the_day_of_the_message_is_the_day_of_the_clock(people):
    """NOON is a Monday; this row gives one business day."""
    row = submit(people["engineer"], "customer-asked")
    assert "Tuesday 3 March" in row.texts["sent"]["ask"]
    assert row.answer_on.isoformat() == "2026-03-03"
    assert row.overdue_at.isoformat() == "2026-03-04T00:00:00+00:00"


def test_a_row_that_asks_nothing_has_no_clock(people):
    row = submit(people["engineer"], "emergency")
    assert (row.answer_on, row.overdue_at, row.follow_up) == (None, None, "none")


def test_what_is_late_is_marked_once_and_its_author_is_told(people):
    row = asked(people["engineer"])
    assert find_overdue() == 1
    assert find_overdue() == 0
    row.refresh_from_db()
    assert row.follow_up == "overdue"
    assert overdue_events() == 1
    notice = Delivery.objects.get(purpose="notice")
    assert notice.target == "person:ana.lima@example.com"
    assert f"{row.reference}: Dana Reyes has not answered by" in notice.content["text"]


@pytest.mark.parametrize(
    "values",
    [
        {"hours_ago": -1},
        {"follow_up": "acknowledged"},
        {"sample": True},
        {"delivery": "dead", "state": "attention"},
        {"delivery": "pending", "state": "submitted"},
        {"answer_on": None, "overdue_at": None},
    ],
)
def test_nobody_is_late_who_has_time_or_has_answered_or_was_never_told(people, values):
    asked(people["engineer"], **values)
    assert find_overdue() == 0


def test_what_was_withdrawn_is_not_late(people):
    ana = people["engineer"]
    asked(ana, withdrawn_at=NOON, withdrawn_by=ana, withdrawn_because="Sent twice")
    assert find_overdue() == 0


def test_workers_side_by_side_say_it_once(own_database, mapping, people):
    for _ in range(3):
        asked(people["engineer"])
    assert sum(at_once(find_overdue, 4)) == 3
    assert overdue_events() == Delivery.objects.filter(purpose="notice").count() == 3


def test_a_late_answer_ends_it(people):
    row = asked(people["engineer"])
    find_overdue()
    row.refresh_from_db()
    follow_up.acknowledge(row, said_by="Dana Reyes", by=people["engineer"], now=NOON)
    assert find_overdue() == 0


def test_a_row_that_the_database_refuses_does_not_stand_before_the_others(people):
    """PostgreSQL refuses the notice: its target would be longer than a target may be."""
    long = people["teamlead"]
    long.email = f"{'x' * 64}@{'y' * 60}.{'z' * 60}.example.com"
    long.save()
    first, second = asked(long, overdue_at=NOON), asked(people["engineer"])
    find_overdue()
    second.refresh_from_db()
    assert second.follow_up == "overdue"
    assert first.pk != second.pk

"""Recording a correction: pressed by many at once it is one row, and said again after it was taken back it is another."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from escalations.actions import corrections
from escalations.models import AuditEvent, Correction
from tests.actions.threads import at_once
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("mapping")


def said(**values) -> Correction:
    """Dana is away until the end of the month, on every account."""
    given = {
        "email": "dana.reyes@example.com", "name": "Dana Reyes", "instead": "nobody", "valid_from": date(2026, 3, 2), "reason": "On leave",
        "said_by": "Mia Berg", **values,
    }  # fmt: skip
    return Correction(**given)


def record(people, **values) -> Correction:
    return corrections.record(said(**values), by=people["engineer"], now=NOON)


def test_pressed_by_many_at_once_it_is_one(own_database, mapping, people):
    rows = at_once(lambda: record(people), 8)
    assert [row.reference for row in rows] == [rows[0].reference] * 8
    assert Correction.objects.count() == 1
    assert AuditEvent.objects.filter(action="correction.recorded").count() == 1


def test_the_database_refuses_what_a_second_press_would_add(people):
    first = record(people)
    second = said(recorded_by=people["engineer"], recorded_at=NOON, once=first.once)
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()
    corrections.end(first, by=people["engineer"], now=NOON)
    second.save()


@pytest.mark.parametrize("values", [{"valid_until": date(2026, 3, 31)}, {"reason": "Wrong team"}, {"account_id": "0015e0000000001AAA"}, {"role_key": "ao"}])
def test_what_differs_in_anything_is_another(people, values):
    assert record(people) != record(people, **values)


def test_what_was_taken_back_can_be_said_again(people):
    first = record(people)
    corrections.end(first, by=people["engineer"], now=NOON)
    assert record(people) != first

"""What the database refuses below Django: each rule is tried with plain SQL, as somebody with a console would."""

import pytest
from django.db import DatabaseError, connection, transaction

from escalations.models import AuditEvent, Delivery, triggers
from escalations.rules import states
from tests.actions.factories import make_delivery

pytestmark = pytest.mark.usefixtures("mapping")


def refused(sql: str, *values) -> str:
    """The database's words; the test fails when it lets the statement pass."""
    with pytest.raises(DatabaseError) as said, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return str(said.value)


def test_every_trigger_is_there_after_migrate():
    assert triggers.missing() == []


def test_a_dropped_trigger_is_missed_and_can_be_put_back():
    with connection.cursor() as cursor:
        where = " ON escalations_auditevent" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER keep_auditevent_delete_rows{where}")
    assert triggers.missing() == ["keep_auditevent_delete_rows"]
    triggers.install()
    assert triggers.missing() == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE escalations_auditevent SET actor = 'somebody'",
        "DELETE FROM escalations_auditevent",
        "UPDATE escalations_delivery SET target = 'C0OTHER'",
        "UPDATE escalations_delivery SET content = '{}'",
        "UPDATE escalations_delivery SET visibility = 'customer'",
        "DELETE FROM escalations_delivery",
        "UPDATE escalations_escalation SET facts = '[1]'",
        "DELETE FROM escalations_escalation",
        "UPDATE escalations_mappingversion SET content = '{}'",
        "DELETE FROM escalations_mappingversion",
    ],
)
def test_the_record_is_not_rewritten(people, sql):
    make_delivery(people["engineer"])
    assert "escalations_" in refused(sql)


def test_an_event_cannot_be_put_in_place_of_another(people):
    if connection.vendor == "postgresql":
        pytest.skip("INSERT OR REPLACE exists on SQLite only")
    event = AuditEvent.objects.order_by("seq").first()
    columns = "seq, at, actor, action, object, payload, prev, hash"
    said = refused(
        f"INSERT OR REPLACE INTO escalations_auditevent ({columns}) VALUES (%s, %s, 'x', 'x', 'x', '{{}}', '', 'x')",
        event.seq,
        event.at,
    )
    assert "numbered" in said


def test_no_delivery_is_put_in_place_of_another(people):
    if connection.vendor == "postgresql":
        pytest.skip("INSERT OR REPLACE exists on SQLite only")
    make_delivery(people["engineer"])
    assert "replaced" in refused("INSERT OR REPLACE INTO escalations_delivery SELECT * FROM escalations_delivery")


def test_a_gap_in_the_numbers_is_refused():
    columns = "seq, at, actor, action, object, payload, prev, hash"
    values = "(999999, '2026-01-01', 'x', 'x', 'x', '{}', '', 'x')"
    assert "numbered" in refused(f"INSERT INTO escalations_auditevent ({columns}) VALUES {values}")


@pytest.mark.parametrize("before", states.DELIVERY)
def test_deliveries_move_as_the_table_says(people, before):
    ends = {"remote_id": "C1:1.1", "settled_at": "2026-03-02T12:00:00Z"} if before in states.DELIVERY_ENDS else {}
    make_delivery(people["engineer"], state=before, claimed_by="w1" if before == "sending" else "", **ends)
    for after in set(states.DELIVERY) - {before}:
        claimed = "w1" if after == "sending" else ""
        settled = "'2026-03-02 12:00:00+00:00'" if after in states.DELIVERY_ENDS else "NULL"
        sql = (
            f"UPDATE escalations_delivery SET state = %s, claimed_by = %s, remote_id = 'C1:1.1', settled_at = {settled}"
        )
        if after in states.DELIVERY[before]:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql, [after, claimed])
                transaction.set_rollback(True)
        else:
            assert "moves" in refused(sql, after, claimed)
    assert Delivery.objects.get().state == before

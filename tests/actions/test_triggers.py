"""What the database refuses below Django: each rule is tried with plain SQL, as somebody with a console would."""

import pytest
from django.db import DatabaseError, connection, transaction

from escalations.models import AuditEvent, Delivery, triggers
from escalations.rules import states
from tests.actions.factories import make_delivery, make_escalation
from tests.conftest import NOON

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


def test_a_trigger_that_was_altered_is_missed_and_put_right_again():
    """Its name is there, and it is switched on; but it lets everything pass."""
    name = "keep_delivery_update_content"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
            )
        else:
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(f"CREATE TRIGGER {name} BEFORE UPDATE ON escalations_delivery BEGIN SELECT 1; END")
    assert triggers.missing() == [name]
    triggers.install()
    assert triggers.missing() == []


def test_a_trigger_that_watches_something_else_or_is_switched_off_is_missed():
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite a trigger and what it does are one text")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER keep_delivery_update_moves ON escalations_delivery")
        cursor.execute(
            "CREATE TRIGGER keep_delivery_update_moves BEFORE UPDATE OF target ON escalations_delivery "
            "FOR EACH ROW EXECUTE FUNCTION keep_delivery_update_moves()"
        )
        cursor.execute("ALTER TABLE escalations_delivery ENABLE ALWAYS TRIGGER keep_delivery_update_moves")
        cursor.execute("ALTER TABLE escalations_attempt DISABLE TRIGGER keep_attempt_delete_rows")
    assert triggers.missing() == ["keep_attempt_delete_rows", "keep_delivery_update_moves"]


@pytest.mark.parametrize("state", ["delivered", "closed_sent", "closed_not_sent", "cancelled"])
@pytest.mark.parametrize(
    "change",
    [
        "remote_id = 'C1:2.2'", "remote_id = NULL", "receipt_url = 'https://other.example.com'", "receipt = '[1]'",
        "settled_at = '2026-03-03 12:00:00+00:00'", "attempts = 0", "tried = 7",
    ],
)  # fmt: skip
def test_the_proof_of_what_has_ended_stays(people, state, change):
    make_delivery(people["engineer"], state=state, settled_at=NOON, remote_id="C1:1.1", receipt_url="https://a", attempts=1)
    assert "receipts stay" in refused(f"UPDATE escalations_delivery SET {change}")


def test_what_has_not_ended_may_get_its_proof(people):
    make_delivery(people["engineer"], state="needs_a_person")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE escalations_delivery SET remote_id = 'C1:1.1', receipt_url = 'https://a'")


@pytest.mark.parametrize(
    "change", ["outcome = 'delivered'", "words = 'All went well.'", "ended_at = '2026-03-03 12:00:00+00:00'", "outcome = '', ended_at = NULL"]
)
def test_what_an_attempt_ended_with_stays(people, change):
    row = make_delivery(people["engineer"])
    row.tries.create(n=1, worker="w1", started_at=NOON, ended_at=NOON, outcome="ambiguous", words="No answer.")
    assert "ended attempts" in refused(f"UPDATE escalations_attempt SET {change}")


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


@pytest.mark.parametrize("before", states.FOLLOW_UP)
def test_answers_move_as_the_table_says(people, before):
    row = make_escalation(people["engineer"], follow_up=before)
    for after in set(states.FOLLOW_UP) - {before}:
        sql = "UPDATE escalations_escalation SET follow_up = %s"
        if after in states.FOLLOW_UP[before]:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql, [after])
                transaction.set_rollback(True)
        else:
            assert "answers move" in refused(sql, after)
    row.refresh_from_db()
    assert row.follow_up == before


@pytest.mark.parametrize("change", ["said_by = 'Somebody'", "what = 'closed', disposition = 'done'", "reason = ''"])
def test_what_was_said_stays_said(people, change):
    row = make_escalation(people["engineer"])
    row.follow_ups.create(what="acknowledged", said_by="Dana Reyes", reason="x", recorded_by=people["engineer"], recorded_at=NOON)
    assert "content never changes" in refused(f"UPDATE escalations_followup SET {change}")

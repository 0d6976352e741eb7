"""No audit, no change; one chain, whatever opens the unit."""

import pytest
from django.conf import settings
from django.db import connection, transaction

from escalations.actions.unit import unit
from escalations.models import AuditEvent, AuditHead, AuditWords, Worker
from escalations.rules.audit_chain import commitment, first_break
from tests.actions.threads import at_once
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("db")


def change(name="w1", **payload):
    """The smallest business change there is: one row and its event."""
    with unit(by="engineer", now=NOON, durable=False) as opened:
        Worker.objects.create(name=name, started_at=NOON, seen_at=NOON)
        opened.record("worker.made", name, **payload)


def chain():
    """The stored events as `first_break` reads them."""
    return [
        (
            {"seq": e.seq, "at": e.at.isoformat(), "actor": e.actor, "action": e.action, "object": e.object, "payload": e.payload},
            e.prev,
            e.hash,
        )
        for e in AuditEvent.objects.order_by("seq")
    ]  # fmt: skip


def test_a_change_and_its_event_are_written_together():
    change()
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.object, event.at) == ("engineer", "worker.made", "w1", NOON)
    assert AuditHead.objects.get().hash == event.hash


def test_a_failing_audit_undoes_the_write(settings):
    settings.AUDIT_KEY = None
    with pytest.raises(AttributeError):
        change()
    assert not Worker.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_payload_that_is_not_json_undoes_the_write():
    with pytest.raises(TypeError):
        change(what=object())
    assert not Worker.objects.exists()


def test_a_failing_change_leaves_no_event():
    with pytest.raises(ZeroDivisionError), unit(by="engineer", now=NOON, durable=False) as opened:
        opened.record("worker.made", "w1")
        1 / 0  # noqa: B018
    assert not AuditEvent.objects.exists()


def test_a_unit_inside_a_unit_raises_and_nothing_of_either_is_written():
    with pytest.raises(RuntimeError, match="already open"), unit(by="engineer", now=NOON, durable=False) as opened:
        opened.record("worker.made", "outer")
        change("inner")
    assert not AuditEvent.objects.exists()
    change("afterwards")  # the failed one was closed
    assert AuditEvent.objects.count() == 1


def test_a_persons_words_stand_beside_the_chain_which_holds_a_commitment_to_them():
    words = "Dana said: wrong account " * 20
    with unit(by="engineer", now=NOON, durable=False) as opened:
        opened.record("escalation.withdrawn", "ESC-1", words=words)
    event = AuditEvent.objects.select_related("said").get()
    assert event.words == words[:300]
    assert event.payload == {"words": commitment(event.said.salt, words[:300])}
    assert first_break(settings.AUDIT_KEY, chain()) is None


def test_equal_words_have_commitments_of_their_own():
    for object in ("ESC-1", "ESC-2"):
        with unit(by="engineer", now=NOON, durable=False) as opened:
            opened.record("escalation.withdrawn", object, words="Wrong account")
    first, second = AuditEvent.objects.order_by("seq")
    assert first.payload["words"] != second.payload["words"]


def test_an_event_without_words_has_none():
    change()
    event = AuditEvent.objects.get()
    assert (event.words, event.payload, AuditWords.objects.count()) == ("", {}, 0)


def test_a_unit_without_an_event_writes_none():
    with unit(by="engineer", now=NOON, durable=False):
        pass
    assert not AuditEvent.objects.exists()


def test_the_chain_holds_over_several_units(settings):
    for number in range(5):
        change(f"w{number}", legs=["a", "b"], text="Grüße \u202b 🚀")
    assert first_break(settings.AUDIT_KEY, chain()) is None
    assert [fields["seq"] for fields, _, _ in chain()] == [1, 2, 3, 4, 5]


def drop_triggers():
    """As somebody with all rights in the database could: then the chain tells. The test's transaction brings them back."""
    of = " ON escalations_auditevent" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in ("delete_rows", "update_content"):
            cursor.execute(f"DROP TRIGGER keep_auditevent_{name}{of}")


TAMPERED = [
    ("the payload was changed", lambda: AuditEvent.objects.filter(seq=3).update(payload={"legs": 9}), 3),
    ("the actor was changed", lambda: AuditEvent.objects.filter(seq=1).update(actor="nobody"), 1),
    ("the time was changed", lambda: AuditEvent.objects.filter(seq=2).update(at=NOON.replace(hour=13)), 2),
    ("an event was removed", lambda: AuditEvent.objects.filter(seq=4).delete(), 4),
    ("the first event was removed", lambda: AuditEvent.objects.filter(seq=1).delete(), 1),
]


@pytest.mark.parametrize(("tamper", "at"), [row[1:] for row in TAMPERED], ids=[row[0] for row in TAMPERED])
def test_a_changed_chain_is_found_at_its_first_bad_event(settings, tamper, at):
    for number in range(5):
        change(f"w{number}", legs=2)
    drop_triggers()
    tamper()
    assert first_break(settings.AUDIT_KEY, chain()) == at


def test_another_key_does_not_verify(settings):
    change()
    assert first_break(settings.AUDIT_KEY + "x", chain()) == 1


def test_writers_at_the_same_time_make_one_chain(own_database, settings):
    names = iter([f"w{number}" for number in range(8)])
    results = at_once(lambda: change(next(names)), 8)
    assert results == [None] * 8
    assert len(chain()) == 8
    assert first_break(settings.AUDIT_KEY, chain()) is None


def test_a_durable_unit_inside_a_transaction_is_refused(own_database):
    with pytest.raises(RuntimeError), transaction.atomic(), unit(by="engineer", now=NOON):
        pass

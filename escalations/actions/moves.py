"""How a delivery moves: one conditional update with its escalation and its audit event, in one transaction.

The order of locks is the same everywhere, so that two workers never wait for each other: escalation, delivery, lane, audit head.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from escalations.models import Attempt, Delivery, Escalation
from escalations.models.clock import database_now
from escalations.models.delivery import NOTICE, WITHDRAWAL
from escalations.rules import states

from . import notices
from .records import withdrawal_row
from .unit import Unit, unit

NEVER_SENT = "Withdrawn: it could not be sent, and need not be any more."

log = logging.getLogger("escalations.delivery")


def settle(delivery: Delivery, state: str, words: str, *, by: str, attempt: str = "", **values) -> bool:
    """Move the delivery on; False: somebody else moved it meanwhile, and it is left alone.

    `words` is the sentence for the page, `attempt` the outcome with which its open attempt ends. `values` are further
    columns, such as `trouble`, the code of what went wrong.
    """
    states.check_move("delivery", delivery.state, state)
    with on(delivery.escalation_id, by=by) as (opened, escalation):
        return moved(opened, escalation, delivery, state, words, attempt=attempt, **values)


def moved(
    opened: Unit, escalation: Escalation, delivery: Delivery, state: str, words: str, *, attempt: str = "", **values
) -> bool:
    """The move itself, inside an open unit whose escalation is locked.

    It holds for the attempt that `delivery` was read with: what another worker has tried since is not ours to move.
    """
    now = opened.now
    if state in states.DELIVERY_ENDS:
        values.setdefault("settled_at", now)
    if values.get("trouble"):
        values["trouble_at"] = now
    if state in ("dead", "needs_a_person"):
        values["told_at"] = None  # the team leads may have been told that it stood still: this is another cause
    ours = Delivery.objects.filter(
        pk=delivery.pk, state=delivery.state, claimed_by=delivery.claimed_by, tried=delivery.tried
    )
    if not ours.update(state=state, claimed_by="", last_words=words[:300], **values):
        return False
    if attempt:
        _close_attempt(delivery, attempt, words, now)
    _now_is(delivery, state=state, claimed_by="", last_words=words[:300], **values)
    record(opened, escalation, delivery, state)
    _after(opened, escalation, delivery)
    follow(escalation)
    return True


def _now_is(delivery: Delivery, **values) -> None:
    """The object as the row is now; what the database computed is read back."""
    computed = [name for name, value in values.items() if hasattr(value, "resolve_expression")]
    for name in values.keys() - set(computed):
        setattr(delivery, name, values[name])
    if computed:
        delivery.refresh_from_db(fields=computed)


def record(opened: Unit, escalation: Escalation, delivery: Delivery, state: str, **payload) -> None:
    said = {"system": delivery.system, "attempt": delivery.attempts, "delivery": delivery.pk, **payload}
    if delivery.purpose in (NOTICE, WITHDRAWAL):
        said["purpose"] = delivery.purpose
    opened.record(f"delivery.{state}", escalation.reference, **said)
    log.info("delivery %s of %s: %s (%s)", delivery.pk, escalation.reference, state, delivery.system)


def _after(opened: Unit, escalation: Escalation, delivery: Delivery) -> None:
    """What a move brings with it: a withdrawn escalation takes back what turns up late, and trouble finds people."""
    if escalation.withdrawn_at and delivery.purpose not in (NOTICE, WITHDRAWAL):
        if delivery.state == "pending":
            moved(opened, escalation, delivery, "cancelled", "Withdrawn before it was sent.")
        elif delivery.state == "dead":
            moved(opened, escalation, delivery, "cancelled", NEVER_SENT)
        elif can_be_taken_back(delivery) and not delivery.later.filter(purpose=WITHDRAWAL).exists():
            withdrawal_row(escalation, delivery, at=opened.now).save()
    if delivery.state in ("dead", "needs_a_person"):
        notices.tell_author(escalation, delivery, now=opened.now)


def can_be_taken_back(delivery: Delivery) -> bool:
    """It has arrived, and we know where: a note by its ticket, a message by its receipt."""
    there = delivery.state in states.ARRIVED
    return there and (delivery.system == "zendesk" or bool(delivery.remote_id))


@contextmanager
def on(escalation_id: int, *, by: str, now: datetime | None = None) -> Iterator[tuple[Unit, Escalation]]:
    """A unit over one escalation, locked first."""
    with unit(by=by, now=now or database_now(), durable=False) as opened:
        yield opened, follow_locked(escalation_id)


def follow_locked(escalation_id: int) -> Escalation:
    """The escalation, for this transaction alone. On SQLite every writing transaction is alone."""
    return Escalation.objects.light().select_for_update(no_key=True).get(pk=escalation_id)


def follow(escalation: Escalation) -> None:
    """The escalation's state is a function of its deliveries' states, written in the same transaction."""
    after = states.escalation_state(_counted(escalation), escalation.state)
    if after != escalation.state:
        Escalation.objects.filter(pk=escalation.pk).update(state=after)
        escalation.state = after


def _counted(escalation: Escalation) -> list[str]:
    """The states that make its own: notices tell about it, and what stands in for another replaces it."""
    rows = [row for row in escalation.deliveries.values_list("pk", "state", "purpose", "origin_id") if row[2] != NOTICE]
    replaced = {origin for _, _, purpose, origin in rows if purpose != WITHDRAWAL}
    return [state for pk, state, _, _ in rows if pk not in replaced]


def _close_attempt(delivery: Delivery, outcome: str, words: str, now: datetime) -> None:
    tried = Attempt.objects.filter(delivery=delivery, n=delivery.tried, ended_at=None)
    tried.update(ended_at=now, outcome=outcome, words=words[:300])

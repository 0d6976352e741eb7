"""How a delivery moves: one conditional update with its escalation and its audit event, in one transaction.

The order of locks is the same everywhere, so that two workers never wait for each other: escalation, delivery, lane, audit head.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from escalations.models import Attempt, Delivery, Escalation
from escalations.models.clock import database_now
from escalations.models.delivery import AFTERWARDS, NOTICE, WITHDRAWAL
from escalations.rules import states

from . import notices
from .records import withdrawal_row
from .unit import Unit, unit

WHY = {"withdrawn": "Withdrawn", "not_mine": "Who was told said that it is not theirs", "closed": "The escalation was closed"}
NEVER_SENT = "{}: it could not be sent, and need not be any more."
NOT_THERE = "{} before it was sent."
LOOKED_FOR = "{} while nobody can tell whether it arrived."

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
    if state == "uncertain":
        values["looked_empty_at"] = None  # looks count from here
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
    if delivery.purpose in AFTERWARDS:
        said["purpose"] = delivery.purpose
    opened.record(f"delivery.{state}", escalation.reference, **said)
    log.info("delivery %s of %s: %s (%s)", delivery.pk, escalation.reference, state, delivery.system)


def _after(opened: Unit, escalation: Escalation, delivery: Delivery) -> None:
    """What a move brings with it: what was called off is not sent, or taken back when it turns up late; trouble finds people."""
    if escalation.called_off and delivery.purpose not in AFTERWARDS:
        call_off(opened, escalation, delivery)
    if delivery.state in ("dead", "needs_a_person"):
        notices.tell_author(escalation, delivery, now=opened.now)


def call_off(opened: Unit, escalation: Escalation, delivery: Delivery) -> None:
    """What waits is cancelled, but what may have arrived is looked for; what was withdrawn and arrived gets a delivery that takes it back.

    A leg in somebody's hand, or that a person has to look at, comes here when they settle it.
    """
    why = WHY[escalation.called_off]
    if delivery.state == "pending" and delivery.in_doubt:
        moved(opened, escalation, delivery, "uncertain", LOOKED_FOR.format(why), due_at=database_now())
    elif delivery.state == "pending":
        moved(opened, escalation, delivery, "cancelled", NOT_THERE.format(why))
    elif delivery.state == "dead":
        moved(opened, escalation, delivery, "cancelled", NEVER_SENT.format(why))
    elif escalation.withdrawn_at and delivery.state in states.ARRIVED and delivery.place_is_known and not delivery.later.filter(purpose=WITHDRAWAL).exists():
        withdrawal_row(escalation, delivery, at=opened.now).save()


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

"""A team lead's verbs over deliveries that wait for a person. Each needs a reason, and is on record with it."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from escalations.models import Delivery
from escalations.models.clock import database_now
from escalations.models.delivery import NOTICE
from escalations.rules import states
from escalations.rules.states import MoveError

from . import lanes, reconcile
from .moves import follow, moved, on
from .ownership import wake
from .records import replacement_row


class NoSuchTarget(Exception):
    """The new target cannot be one; the text says why."""


def close_sent(deliveries: Iterable[Delivery], *, by, because: str) -> list[Delivery]:
    """It had arrived: somebody looked. Those that were moved meanwhile are left out of the answer."""
    return _each(deliveries, "closed_sent", by=by, because=because)


def close_not_sent(deliveries: Iterable[Delivery], *, by, because: str) -> list[Delivery]:
    """It had not arrived, and will not be sent."""
    return _each(deliveries, "closed_not_sent", by=by, because=because)


def send_again(deliveries: Iterable[Delivery], *, by, because: str) -> list[Delivery]:
    """A new start, with new attempts and another day: whoever was told already is told twice."""
    return _each(deliveries, "pending", by=by, because=because)


def _each(deliveries: Iterable[Delivery], state: str, *, by, because: str) -> list[Delivery]:
    settled = []
    for delivery in deliveries:
        try:
            states.check_move("delivery", delivery.state, state)
        except MoveError:
            continue
        if _settle(delivery, state, by=by, because=because):
            settled.append(delivery)
    if state == "pending" and settled:
        wake()
    return settled


def _settle(delivery: Delivery, state: str, *, by, because: str) -> bool:
    with on(delivery.escalation_id, by=by.username) as (opened, escalation):
        values = {}
        if state == "pending":
            later = opened.now + timedelta(seconds=settings.DELIVERY_GIVE_UP_SECONDS)
            values = {
                "due_at": opened.now,
                "give_up_at": later,
                "attempts": 0,
                "looked_empty_at": None,
                "settled_at": None,
            }
        done = moved(opened, escalation, delivery, state, because, trouble=delivery.trouble, **values)
        if done:
            said = {"system": delivery.system, "because": because[:300]}
            if state == "pending":
                opened.record("delivery.sent_again", escalation.reference, **said)
            else:
                opened.record("delivery.settled", escalation.reference, **said)
    return done


def redirect(delivery: Delivery, *, target: str, label: str, by, because: str) -> Delivery:
    """Send a dead letter's words to a new target: a new delivery, while the dead one stays on record as not sent.

    Raises NoSuchTarget when the escalation already has a delivery there; MoveError when it is not dead any more.
    """
    states.check_move("delivery", delivery.state, "closed_not_sent")
    try:
        with transaction.atomic(), on(delivery.escalation_id, by=by.username) as (opened, escalation):
            row = replacement_row(escalation, delivery, target=target, label=label, at=opened.now)
            if not moved(opened, escalation, delivery, "closed_not_sent", because, trouble=delivery.trouble):
                raise MoveError("delivery", delivery.state, "closed_not_sent")
            row.save()
            opened.record(
                "delivery.redirected", escalation.reference, system=row.system, to=row.pk, because=because[:300]
            )
            follow(escalation)
            wake()
    except IntegrityError:
        raise NoSuchTarget(f"This escalation already has a delivery to {label}.") from None
    return row


def look_again(delivery: Delivery, gateways, *, by) -> str:
    """Read now whether it is there: found, empty or inconclusive. It is written down; a person decides what follows."""
    outcome, _ = reconcile.read(delivery, gateways, by=by.username)
    with on(delivery.escalation_id, by=by.username) as (opened, escalation):
        opened.record("delivery.looked", escalation.reference, system=delivery.system, outcome=outcome)
    return outcome


def open_lane(system: str, *, by) -> None:
    """Try the system again at once instead of waiting for the pause to end."""
    lanes.open_now(system)
    waiting = Delivery.objects.filter(system=system, state="pending").exclude(purpose=NOTICE)
    waiting.filter(due_at__gt=database_now(), escalation__hold_until=None).update(due_at=database_now())
    wake()

"""A team lead's verbs over deliveries that wait for a person. Each needs a reason, and is on record with it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from escalations.gateways.base import Receipt
from escalations.models import Attempt, Delivery
from escalations.models.clock import database_now
from escalations.models.delivery import AFTERWARDS
from escalations.models.lanes import in_lane
from escalations.rules import states
from escalations.rules.states import MoveError

from . import lanes, reconcile
from .moves import WHY, follow, moved, on
from .ownership import wake
from .records import replacement_row
from .unit import unit

# What a team lead's verb is called on record, by what it made of the delivery.
VERBS = {
    "closed_sent": "delivery.settled",
    "closed_not_sent": "delivery.settled",
    "pending": "delivery.sent_again",
    "uncertain": "delivery.looked_for",
}


class NoSuchTarget(Exception):
    """The new target cannot be one; the text says why."""


def close_sent(deliveries: Iterable[Delivery], *, by, because: str) -> list[Delivery]:
    """It had arrived: somebody looked. Those that were moved meanwhile are left out of the answer."""
    return _each(deliveries, "closed_sent", by=by, because=because)


def close_not_sent(deliveries: Iterable[Delivery], *, by, because: str) -> list[Delivery]:
    """It had not arrived, and will not be sent."""
    return _each(deliveries, "closed_not_sent", by=by, because=because)


def send_again(deliveries: Iterable[Delivery], *, by, because: str) -> list[Delivery]:
    """A new start, with new attempts and another day: whoever was told already is told twice.

    What was called off meanwhile is looked for instead, until it is known whether it arrived.
    """
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
    if settled:
        wake()  # also where it is closed: what a withdrawn escalation takes back may be due
    return settled


def _settle(delivery: Delivery, state: str, *, by, because: str) -> bool:
    with on(delivery.escalation_id, by=by.username) as (opened, escalation):
        values = {}
        if state == "pending":
            values = _a_new_start(delivery, opened.now)
        done = moved(opened, escalation, delivery, state, because, trouble=delivery.trouble, **values)
        follows = done and VERBS.get(delivery.state)  # what was called off is not sent again: looked for, or cancelled
        if follows:
            opened.record(follows, escalation.reference, system=delivery.system, words=because)
    return bool(follows)


def _a_new_start(delivery: Delivery, now: datetime) -> dict:
    """Attempts and a day anew, but not before the last attempt can be applied no more."""
    last = delivery.tries.order_by("-n").values_list("started_at", flat=True).first()
    safe = last + timedelta(seconds=settings.DELIVERY_GRACE_SECONDS) if last else now
    due = now if delivery.state == "dead" else max(now, safe)
    later = due + timedelta(seconds=settings.DELIVERY_GIVE_UP_SECONDS)
    nothing = dict.fromkeys(("looked_empty_at", "settled_at", "told_at"))
    return {"due_at": due, "give_up_at": later, "attempts": 0, **nothing}


def redirect(delivery: Delivery, *, target: str, label: str, by, because: str) -> Delivery:
    """Send a dead letter's words to a new target: a new delivery, while the dead one stays on record as not sent.

    Raises NoSuchTarget when the escalation already has a delivery there; MoveError when it is not dead any more.
    """
    states.check_move("delivery", delivery.state, "closed_not_sent")
    if delivery.purpose in AFTERWARDS:
        raise NoSuchTarget("Only a leg of an escalation can go to another target.")
    try:
        with transaction.atomic(), on(delivery.escalation_id, by=by.username) as (opened, escalation):
            if escalation.called_off:
                why = WHY[escalation.called_off]
                raise NoSuchTarget(f"Nothing more of it is sent: {why[0].lower()}{why[1:]}.")
            row = replacement_row(escalation, delivery, target=target, label=label, at=opened.now)
            row.save()  # first: an escalation with nothing left on its way and nothing arrived is over for good
            if not moved(opened, escalation, delivery, "closed_not_sent", because, trouble=delivery.trouble):
                raise MoveError("delivery", delivery.state, "closed_not_sent")
            opened.record("delivery.redirected", escalation.reference, system=row.system, to=row.pk, words=because)
            follow(escalation)
            wake()
    except IntegrityError:
        raise NoSuchTarget(f"This escalation already has a delivery to {label}.") from None
    return row


def look_again(delivery: Delivery, gateways, *, by) -> str:
    """Read now whether it is there: found, empty or inconclusive. It is written down; a person decides what follows."""
    outcome, receipt = reconcile.read(delivery, gateways, by=by.username)
    with on(delivery.escalation_id, by=by.username) as (opened, escalation):
        if receipt:
            _keep(receipt, delivery)
        opened.record("delivery.looked", escalation.reference, system=delivery.system, outcome=outcome)
    return outcome


def _keep(receipt: Receipt, delivery: Delivery) -> None:
    """What was found is needed to take it back; a receipt that another delivery has already proves nothing."""
    same = Delivery.objects.filter(system=delivery.system, remote_id=receipt.remote_id)
    if not same.exists():
        Delivery.objects.filter(pk=delivery.pk, state="needs_a_person", remote_id=None).update(
            remote_id=receipt.remote_id, receipt_url=receipt.url, receipt=receipt.detail
        )


def open_lane(lane: str, *, by) -> None:
    """Try the lane again at once instead of waiting for the pause to end."""
    with unit(by=by.username, now=database_now(), durable=False) as opened:
        lanes.open_now(lane)
        later = Delivery.objects.filter(in_lane(lane), state="pending", due_at__gt=opened.now)
        held = Q(escalation__hold_until__gt=opened.now)
        # A row that somebody is about to move is left to them: waiting for it here could make both wait for each other.
        free = later.exclude(held).exclude(_may_still_arrive(opened.now)).select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
        Delivery.objects.filter(pk__in=list(free), state="pending").update(due_at=opened.now)
        opened.record("lane.opened", lane)
        wake()


def _may_still_arrive(now: datetime) -> Exists:
    """An attempt in doubt that can still be applied: what is sent again waits for its grace time, whoever is in a hurry."""
    young = Attempt.objects.filter(started_at__gt=now - timedelta(seconds=settings.DELIVERY_GRACE_SECONDS))
    return Exists(young.filter(delivery=OuterRef("pk"), outcome__in=states.UNCLEAR))

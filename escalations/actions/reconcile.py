"""Looking before anything is sent again: found is delivered, two complete empty looks after the grace time are not."""

import logging
from datetime import datetime, timedelta

from django.conf import settings

from escalations.gateways.base import LookupFailed, Receipt
from escalations.models import Delivery, Look
from escalations.models.clock import database_now
from escalations.models.lanes import lane_of

from . import lanes
from .delivery import MISTAKE, delivered, due, exhausted, nothing_escapes
from .effects import LOOKERS
from .moves import NOT_THERE, WHY, settle

log = logging.getLogger("escalations.delivery")
BY = "reconciler"
SLOWER = 12  # looks come ever later, but at most so many times the shortest pause apart: a minute


def look_next(lane: str, gateways) -> bool:
    """Look for the lane's uncertain delivery that has waited longest; False when there is none, or we are to wait.

    An open breaker does not stop it: where writes fail reads may do well, and what has arrived is to be found.
    """
    if lanes.asks_to_wait(lane):
        return False
    delivery = _next_uncertain(lane)
    if delivery is None:
        return False
    with nothing_escapes(delivery):
        look(delivery, gateways)
    return True


def _next_uncertain(lane: str) -> Delivery | None:
    """Put off first: whatever the look ends with, it is not the next one again, and no other worker takes it meanwhile."""
    later = database_now() + timedelta(
        seconds=settings.DELIVERY_DEADLINE_SECONDS + settings.DELIVERY_LOOK_AGAIN_SECONDS
    )
    for pk in due(lane, "uncertain").values_list("pk", flat=True)[:5]:
        if due(state="uncertain").filter(pk=pk).update(due_at=later):
            return Delivery.objects.select_related("escalation").get(pk=pk)
    return None


def look(delivery: Delivery, gateways) -> None:
    """One look, written down, and what follows from it."""
    began = database_now()
    try:
        receipt = LOOKERS[delivery.system](delivery, gateways)
    except LookupFailed as failure:
        _inconclusive(delivery, failure, began)
    except Exception:
        log.exception("delivery %s: a mistake of the portal while looking", delivery.pk)
        settle(delivery, "needs_a_person", MISTAKE, by=BY, trouble="mistake")
    else:
        if receipt:
            _found(delivery, receipt, began)
        else:
            _empty(delivery, began)


def read(delivery: Delivery, gateways, *, by: str) -> tuple[str, Receipt | None]:
    """A look that a person asked for: what it said, written down; nothing moves by itself."""
    began = database_now()
    try:
        receipt = LOOKERS[delivery.system](delivery, gateways)
    except LookupFailed as failure:
        Look.objects.create(
            delivery=delivery, at=began, outcome="inconclusive", words=_why(delivery, failure)[:300], by=by
        )
        return "inconclusive", None
    # Where it was found is for the person who decides; the delivery's own receipt is written by a move only.
    where = receipt.url[:300] if receipt else ""
    Look.objects.create(delivery=delivery, at=began, outcome="found" if receipt else "empty", words=where, by=by)
    return ("found" if receipt else "empty"), receipt


def _found(delivery: Delivery, receipt: Receipt, began: datetime) -> None:
    Look.objects.create(delivery=delivery, at=began, outcome="found")
    delivered(delivery, receipt, by=BY, outcome="found")


def _inconclusive(delivery: Delivery, failure: LookupFailed, began: datetime) -> None:
    why = _why(delivery, failure)
    if failure.unwell and failure.retry_after:  # only what it asks of everybody: writes may do well where reads do not
        lanes.trouble(lane_of(delivery), failure)
    Look.objects.create(delivery=delivery, at=began, outcome="inconclusive", words=why[:300])
    # Its first day in doubt, not its last attempt: a read that fails again and again must not go on for ever.
    if began >= _last_attempt(delivery) + timedelta(seconds=settings.DELIVERY_INCONCLUSIVE_SECONDS):
        settle(delivery, "needs_a_person", why, by=BY, trouble=delivery.trouble or failure.code)
    else:
        _look_again(delivery, why, due_at=began + _most_between())


def _why(delivery: Delivery, failure: LookupFailed) -> str:
    return f"{delivery.get_system_display()} could not be asked whether it arrived: {failure.detail or failure.code}."


def _empty(delivery: Delivery, began: datetime) -> None:
    """Both looks count from their beginning: what arrives during a look may be missed by it."""
    Look.objects.create(delivery=delivery, at=began, outcome="empty")
    grace = timedelta(seconds=settings.DELIVERY_GRACE_SECONDS)
    apart = timedelta(seconds=settings.DELIVERY_LOOK_AGAIN_SECONDS)
    counts_from = _last_attempt(delivery) + grace
    if began < counts_from:
        _look_again(delivery, "It is not there yet; looking again before anything is sent twice.", due_at=counts_from)
    elif delivery.looked_empty_at is None:
        _look_again(delivery, "It is not there; looking once more.", looked_empty_at=began)
    elif began < delivery.looked_empty_at + apart:
        _look_again(delivery, "It is not there; looking once more.")
    else:
        _was_not_sent(delivery, began)


def _was_not_sent(delivery: Delivery, now: datetime) -> None:
    """`looked_empty_at` stays: what is pending now is in doubt no more, so what was called off is cancelled."""
    if delivery.called_off:
        settle(delivery, "pending", NOT_THERE.format(WHY[delivery.called_off]), by=BY)
    elif delivery.visibility == "customer":
        words = "A cc that the customer sees is never repeated by itself."
        settle(delivery, "needs_a_person", words, by=BY, trouble="customer_visible")
    elif exhausted(delivery, now):
        words = f"It did not arrive in {delivery.attempts} attempts."
        settle(delivery, "needs_a_person", words, by=BY, trouble=delivery.trouble)
    else:
        words = "It did not arrive; sending it again."
        settle(delivery, "pending", words, by=BY, due_at=now)


def _look_again(delivery: Delivery, words: str, *, due_at: datetime | None = None, **more) -> None:
    now, least = database_now(), timedelta(seconds=settings.DELIVERY_LOOK_AGAIN_SECONDS)
    # Before the grace time ends each look waits twice as long: an answer that got lost is found early, for a few requests.
    soon = now + min(max(least, now - _last_attempt(delivery)), _most_between()) if due_at else now + least
    values = {"due_at": min(due_at, soon) if due_at else soon, "last_words": words[:300], **more}
    # A look that began before the last attempt says nothing of it.
    Delivery.objects.filter(pk=delivery.pk, state="uncertain", tried=delivery.tried).update(**values)


def _most_between() -> timedelta:
    return timedelta(seconds=settings.DELIVERY_LOOK_AGAIN_SECONDS * SLOWER)


def _last_attempt(delivery: Delivery) -> datetime:
    return delivery.tries.order_by("-n").values_list("started_at", flat=True).first() or delivery.due_at

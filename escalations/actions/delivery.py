"""What the worker does: claim one delivery, send it once, settle it. Written ahead: the attempt is stored before a byte leaves."""

import logging
import random
import time
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, When
from django.db.models.functions import Now
from django.utils import timezone

from escalations.gateways.base import DeliveryError, LookupFailed, Receipt
from escalations.models import Attempt, Delivery, Escalation, Worker
from escalations.rules import states
from escalations.rules.backoff import seconds_to_wait

from .effects import LOOKERS, SENDERS
from .unit import unit

log = logging.getLogger("escalations.delivery")
MISTAKE = "The portal made a mistake here; a team lead has to look whether it arrived."
SETTLE_SECONDS = 90  # G of the delivery guarantees: a request may still be applied this long after it began
LOOK_AGAIN_SECONDS = 5
PAUSE_SECONDS = 15  # a lane that is paused is not hammered
ANNOUNCE_SECONDS = 5  # with the longest delivery well below GONE_SECONDS
GONE_SECONDS = 60  # a worker that has said nothing for so long is gone
INCONCLUSIVE_SECONDS = 30 * 60  # after this long in doubt a person is asked


def deliver_due(gateways, *, worker: str, keep_going=lambda: True) -> int:
    """Send and look until nothing is due or `keep_going()` says stop; the number of deliveries handled.

    The systems take turns, so that a slow one costs the other one delivery's time at most. Lanes that run side by side,
    each with its breaker, come with the delivery guarantees.
    """
    handled, served, announce_at = 0, "", 0.0
    while keep_going():
        if time.monotonic() >= announce_at:
            announce(worker)
            announce_at = time.monotonic() + ANNOUNCE_SECONDS
        if delivery := claim_next(worker, served=served):
            with _nothing_escapes(delivery):
                send(delivery, gateways, worker=worker)
        elif delivery := next_uncertain(served):
            with _nothing_escapes(delivery):
                look(delivery, gateways)
        else:
            return handled
        served = delivery.system
        handled += 1
    return handled


@contextmanager
def _nothing_escapes(delivery: Delivery):
    """What could not be written down is logged and leaves the row to the next sweep or look; the others go on."""
    try:
        yield
    except Exception:
        log.exception("delivery %s: what became of it could not be written down", delivery.pk)


def claim_next(worker: str, *, served: str = "") -> Delivery | None:
    """Take the oldest due delivery: a conditional update, so that two workers never get the same one.

    Those of the system `served` last come after the others.
    """
    for pk in _due("pending", served).values_list("pk", flat=True)[:5]:
        with transaction.atomic():
            claimed = Delivery.objects.filter(pk=pk, state="pending").update(
                state="sending", claimed_by=worker, attempts=F("attempts") + 1
            )
            if not claimed:
                continue
            delivery = Delivery.objects.select_related("escalation").get(pk=pk)
            # Numbered by what was tried, not by what counts: a paused lane gives its attempts back.
            n = delivery.tries.count() + 1
            Attempt.objects.create(delivery=delivery, n=n, worker=worker, started_at=timezone.now())
            _follow(delivery.escalation)
        return delivery
    return None


def send(delivery: Delivery, gateways, *, worker: str) -> None:
    """One attempt: the remote call outside any transaction, then what it said, written down."""
    try:
        receipt = SENDERS[delivery.system](delivery, gateways)
    except DeliveryError as error:
        _not_delivered(delivery, error, worker)
    except Exception:  # a mistake of ours stops neither the queue nor the other lanes; what it did is not known
        log.exception("delivery %s: a mistake of the portal", delivery.pk)
        _not_delivered(delivery, DeliveryError(MISTAKE, outcome="ambiguous"), worker)
    else:
        _delivered(delivery, receipt, worker, "delivered")


def look(delivery: Delivery, gateways) -> None:
    """Read whether an uncertain effect is there: found is delivered; two empty reads after the grace time send again."""
    try:
        receipt = LOOKERS[delivery.system](delivery, gateways)
    except LookupFailed as failure:
        why = (
            f"{delivery.get_system_display()} could not be asked whether it arrived: {failure.detail or failure.code}."
        )
        if _in_doubt_too_long(delivery):
            _settle(delivery, "needs_a_person", why, by="reconciler")
        else:
            _uncertain_again(delivery, why)
        return
    except Exception:
        log.exception("delivery %s: a mistake of the portal while looking", delivery.pk)
        _settle(delivery, "needs_a_person", MISTAKE, by="reconciler")
        return
    if receipt:
        _delivered(delivery, receipt, "", "found")
        return
    started = delivery.tries.order_by("-n").values_list("started_at", flat=True).first()
    now = timezone.now()
    if started and now < started + timedelta(seconds=SETTLE_SECONDS):
        _uncertain_again(delivery, "It is not there yet; looking again before anything is sent twice.")
    elif delivery.looked_empty_at is None or now < delivery.looked_empty_at + timedelta(seconds=LOOK_AGAIN_SECONDS):
        _uncertain_again(
            delivery, "It is not there; looking once more.", looked_empty_at=delivery.looked_empty_at or now
        )
    elif delivery.visibility == "customer":
        _settle(delivery, "needs_a_person", "A cc that the customer sees is never repeated by itself.", by="reconciler")
    elif delivery.attempts >= settings.DELIVERY_MAX_ATTEMPTS:
        words = f"It did not arrive in {delivery.attempts} attempts."
        _settle(delivery, "needs_a_person", words, by="reconciler")
    else:
        _settle(
            delivery,
            "pending",
            "It did not arrive; sending it again.",
            by="reconciler",
            due_at=now,
            looked_empty_at=None,
        )


def _in_doubt_too_long(delivery: Delivery) -> bool:
    started = delivery.tries.order_by("-n").values_list("started_at", flat=True).first()
    return bool(started and timezone.now() > started + timedelta(seconds=INCONCLUSIVE_SECONDS))


def _due(state: str, served: str):
    turn = Case(When(system=served, then=1), default=0)
    return Delivery.objects.filter(state=state, due_at__lte=Now()).order_by(turn, "due_at", "pk")


def next_uncertain(served: str = "") -> Delivery | None:
    """The uncertain delivery to look at, put off first: whatever the look ends with, it is not the next one again."""
    delivery = _due("uncertain", served).select_related("escalation").first()
    if delivery:
        later = timezone.now() + timedelta(seconds=LOOK_AGAIN_SECONDS)
        Delivery.objects.filter(pk=delivery.pk, state="uncertain").update(due_at=later)
    return delivery


def announce(worker: str) -> None:
    """The worker says that it is alive. Called between deliveries, when it has none in hand.

    What a worker that is gone had in hand becomes uncertain, never resent blindly; so does what this one let fall.
    """
    now = timezone.now()
    Worker.objects.update_or_create(
        name=worker, defaults={"seen_at": now}, create_defaults={"started_at": now, "seen_at": now}
    )
    gone = Worker.objects.filter(seen_at__lt=now - timedelta(seconds=GONE_SECONDS)).values_list("name", flat=True)
    _sweep(list(gone), "The worker stopped during this attempt.")
    _sweep([worker], "What became of this attempt could not be written down.")


def _sweep(workers: list[str], words: str) -> None:
    for delivery in Delivery.objects.select_related("escalation").filter(state="sending", claimed_by__in=workers):
        with _nothing_escapes(delivery):
            _close_attempt(delivery, "interrupted", words)
            _settle(
                delivery,
                "uncertain",
                f"{words} Checking whether it arrived.",
                by="sweeper",
                due_at=timezone.now(),
            )


def _delivered(delivery: Delivery, receipt: Receipt, worker: str, words: str) -> None:
    by = worker or "reconciler"
    try:
        _settle(
            delivery,
            "delivered",
            "",
            by=by,
            remote_id=receipt.remote_id,
            receipt_url=receipt.url,
            receipt=receipt.detail,
            settled_at=timezone.now(),
        )
    except IntegrityError:
        same = Delivery.objects.filter(system=delivery.system, remote_id=receipt.remote_id)
        if not same.exclude(pk=delivery.pk).exists():
            raise
        log.warning("delivery %s: the receipt %s belongs to another delivery", delivery.pk, receipt.remote_id)
        _ask_whose(delivery, receipt, by)
    else:
        _close_attempt(delivery, words, "")


def _ask_whose(delivery: Delivery, receipt: Receipt, by: str) -> None:
    """One effect cannot prove two deliveries, and nothing here can tell which of them it is."""
    words = (
        f"{delivery.get_system_display()} answered with {receipt.remote_id}, which is another delivery's receipt; "
        "a team lead has to look whether this one arrived."
    )
    _close_attempt(delivery, "ambiguous", words)
    if delivery.state == "sending":
        if not _settle(delivery, "uncertain", words, by=by):
            return
        delivery.state, delivery.claimed_by = "uncertain", ""
    _settle(delivery, "needs_a_person", words, by="reconciler")


def _not_delivered(delivery: Delivery, error: DeliveryError, worker: str) -> None:
    now = timezone.now()
    wait = timedelta(seconds=seconds_to_wait(delivery.tries.count(), error.retry_after, random.random()))
    _close_attempt(delivery, error.outcome, error.text)
    exhausted = delivery.attempts >= settings.DELIVERY_MAX_ATTEMPTS
    if error.code == "just_changed":  # the ticket's last second decides, not this delivery: due then, and no attempt
        due = now + timedelta(seconds=error.retry_after)
        _settle(delivery, "pending", error.text, by=worker, due_at=due, attempts=F("attempts") - 1)
    elif error.outcome == "permanent" or (error.outcome == "not_sent" and exhausted):
        _settle(delivery, "dead", error.text, by=worker, settled_at=now)
    elif error.outcome == "ambiguous":
        _settle(delivery, "uncertain", error.text, by=worker, due_at=now + timedelta(seconds=LOOK_AGAIN_SECONDS))
    elif error.outcome == "paused":
        due = now + max(wait, timedelta(seconds=PAUSE_SECONDS))
        _settle(delivery, "pending", error.text, by=worker, due_at=due, attempts=F("attempts") - 1)
    else:
        _settle(delivery, "pending", error.text, by=worker, due_at=now + wait)


def _uncertain_again(delivery: Delivery, words: str, **more) -> None:
    due = timezone.now() + timedelta(seconds=LOOK_AGAIN_SECONDS)
    Delivery.objects.filter(pk=delivery.pk, state="uncertain").update(due_at=due, last_words=words[:300], **more)


def _settle(delivery: Delivery, state: str, words: str, *, by: str, **values) -> bool:
    """Move the delivery and its escalation, with the audit event; False: somebody else moved it, it is left alone."""
    states.check_move("delivery", delivery.state, state)
    with unit(by=by, now=timezone.now(), durable=False) as opened:
        moved = Delivery.objects.filter(pk=delivery.pk, state=delivery.state, claimed_by=delivery.claimed_by).update(
            state=state, claimed_by="", last_words=words[:300], **values
        )
        if moved:
            _follow(delivery.escalation)
            opened.record(
                f"delivery.{state}", delivery.escalation.reference, system=delivery.system, attempt=delivery.attempts
            )
    return bool(moved)


def _follow(escalation: Escalation) -> None:
    """The escalation's state is a function of its deliveries' states, written in the same transaction."""
    after = states.escalation_state(list(escalation.deliveries.values_list("state", flat=True)))
    Escalation.objects.filter(pk=escalation.pk).exclude(state=after).update(state=after)


def _close_attempt(delivery: Delivery, outcome: str, words: str) -> None:
    Attempt.objects.filter(delivery=delivery, ended_at=None).update(
        ended_at=timezone.now(), outcome=outcome, words=words[:300]
    )

"""What a worker does with one delivery: claim it, send it once, write down what became of it. Written ahead: the attempt is
stored before a byte leaves. Due times are the database's, whatever clock the worker's machine has."""

import logging
import random
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Min, Q

from escalations.gateways.base import DeliveryError, LookupFailed, Receipt
from escalations.models import Attempt, Delivery
from escalations.models.clock import DatabaseNow, database_now
from escalations.models.delivery import AFTERWARDS
from escalations.models.lanes import in_lane, lane_key, lane_of
from escalations.models.said import OTHERWISE, said_otherwise
from escalations.rules.backoff import seconds_to_wait
from escalations.rules.escaping import one_line
from escalations.rules.states import ARRIVED

from . import lanes
from .effects import BEFORE_THE_WRITE, LOOKERS, SENDERS
from .moves import follow, follow_locked, settle
from .ownership import Owner

log = logging.getLogger("escalations.delivery")
CALLED_OFF = "It was called off while it was looked for, and is not there."
SAID_OTHERWISE = "Not sent, because {} says otherwise: {}. Its page leads to who is told now."
TOGETHER, TOGETHER_SECONDS = "It waits until it is known whether what mentions the person has arrived.", 15.0
MISTAKE_BEFORE = "The portal made a mistake before anything was sent."
# Codes of attempts that ended before the service was asked to write: they say nothing of it.
NOT_ASKED = ("fence_too_old", "called_off", "mistake_before", "together")
MISTAKE = "The portal made a mistake here; a team lead has to look whether it arrived."
TOO_OLD = Q(give_up_at__lte=DatabaseNow())  # what is sent later than this is about a day that is over: the sweep hands it over
CANDIDATES = 20  # workers that ask at the same time see the same oldest ones


def send_next(lane: str, gateways, *, owner: Owner) -> bool:
    """Send the lane's oldest due delivery; False when there is none, or it is paused."""
    waiting = list(due(lane).exclude(TOO_OLD).values_list("pk", "escalation_id")[:CANDIDATES])
    if not waiting or not lanes.admits(lane):
        return False
    for pk, escalation_id in waiting:
        with owner.holding(pk) as mine:
            delivery = _claimed(pk, escalation_id, owner) if mine else None
            if delivery:
                with nothing_escapes(delivery):
                    send(delivery, gateways, owner=owner)
                return True
    lanes.not_probed(lane)
    return False


def _claimed(pk: int, escalation_id: int, owner: Owner) -> Delivery | None:
    """A row that the database itself refuses to have claimed does not stand in the way of the others."""
    try:
        return claim(pk, escalation_id, owner=owner)
    except IntegrityError:
        log.exception("delivery %s: could not be claimed", pk)
        return None


@contextmanager
def nothing_escapes(delivery: Delivery):
    """What could not be written down is logged and leaves the row to the next sweep or look; the others go on."""
    try:
        yield
    except Exception:
        log.exception("delivery %s: what became of it could not be written down", delivery.pk)


def what_waits() -> list[tuple[tuple[str, str], int, float]]:
    """Of each lane what is pending and uncertain: its key and state, how many are due, the seconds until the first is."""
    waiting = Delivery.objects.filter(state__in=("pending", "uncertain")).order_by()
    due_now = Count("pk", filter=Q(due_at__lte=DatabaseNow()))
    rows = waiting.values_list(lane_key(), "state").annotate(many=due_now, first=Min("due_at"))
    now = database_now() if rows else None
    return [((lane, state), many, (first - now).total_seconds()) for lane, state, many, first in rows]


def claim(pk: int, escalation_id: int, *, owner: Owner, however_old: bool = False) -> Delivery | None:
    """Take this delivery: a conditional update, so that two workers never get the same one; with it its next attempt."""
    with transaction.atomic():
        escalation = follow_locked(escalation_id)
        if escalation.called_off and not Delivery.objects.filter(pk=pk, purpose__in=AFTERWARDS).exists():
            return None
        # Numbered by what was tried, not by what counts: a paused lane gives its attempts back.
        rows = due().filter(pk=pk)
        claimed = (rows if however_old else rows.exclude(TOO_OLD)).update(
            state="sending", claimed_by=owner.name, attempts=F("attempts") + 1, tried=F("tried") + 1, looked_empty_at=None
        )
        if not claimed:
            return None
        delivery = Delivery.objects.get(pk=pk)
        delivery.escalation = escalation
        Attempt.objects.create(delivery=delivery, n=delivery.tried, worker=owner.name, started_at=DatabaseNow())
        follow(escalation)
    return delivery


def send(delivery: Delivery, gateways, *, owner: Owner) -> None:
    """One attempt: the remote call outside any transaction, then what it said, written down."""
    try:
        found = _found_first(delivery, gateways)
        receipt = found or SENDERS[delivery.system](delivery, gateways, owner.fence(delivery))
    except DeliveryError as error:
        _not_delivered(delivery, error, owner.name)
    except Exception:  # a mistake of ours stops neither the queue nor the other lanes; what it did is not known
        log.exception("delivery %s: a mistake of the portal", delivery.pk)
        _not_delivered(delivery, DeliveryError(MISTAKE, outcome="ambiguous", code="mistake"), owner.name)
    else:
        delivered(delivery, receipt, by=owner.name, outcome="found" if found else "delivered")


def _found_first(delivery: Delivery, gateways) -> Receipt | None:
    """What has arrived already. Raises DeliveryError where nothing may be written; after a mistake of ours nothing was."""
    try:
        found = _already_there(delivery, gateways)
        if not found:
            _check_person(delivery)
    except DeliveryError:
        raise
    except Exception:
        log.exception("delivery %s: a mistake of the portal before anything was sent", delivery.pk)
        raise DeliveryError(MISTAKE_BEFORE, outcome="not_sent", code="mistake_before") from None
    return found


def _already_there(delivery: Delivery, gateways) -> Receipt | None:
    """An attempt that ended in doubt may still have arrived, however it was decided meanwhile: read before writing again."""
    if delivery.tried == 1 or not delivery.unclear_tries().exists():
        return None
    try:
        receipt = LOOKERS[delivery.system](delivery, gateways)
    except LookupFailed as failure:
        text = f"{delivery.get_system_display()} could not be asked whether it is there: {failure.detail or failure.code}."
        outcome = BEFORE_THE_WRITE.get(failure.code, "not_sent")
        raise DeliveryError(text, outcome=outcome, code=failure.cause, retry_after=failure.retry_after) from None
    if receipt is None:
        _is_not_there(delivery)
    return receipt


def _is_not_there(delivery: Delivery) -> None:
    """Nothing is in doubt any more but the writing, which begins now. An answer comes before that, and is heard, or after it."""
    with transaction.atomic():
        delivery.escalation, now = follow_locked(delivery.escalation_id), database_now()
        Delivery.objects.filter(pk=delivery.pk, tried=delivery.tried, state="sending").update(looked_empty_at=now)
        delivery.looked_empty_at = now
        if not delivery.called_off:
            delivery.tries.filter(n=delivery.tried).update(started_at=now)  # the grace time counts from the writing
            return
    raise DeliveryError(CALLED_OFF, outcome="not_sent", code="called_off")


def _check_person(delivery: Delivery) -> None:
    """Nobody is told or added of whom somebody has said since that they are not told: people are told of that instead.

    What names nobody goes with what does, as half of an escalation helps nobody: it is sent once they were told, and not before.
    """
    said = said_otherwise(delivery.escalation, at=database_now()) if delivery.purpose not in AFTERWARDS else None
    if said is None:
        return
    if not delivery.names_somebody:
        legs = delivery.escalation.deliveries.exclude(purpose__in=AFTERWARDS).exclude(pk=delivery.pk)
        naming = [leg for leg in legs if leg.names_somebody]
        if not naming or any(leg.state in ARRIVED for leg in naming):
            return
        if any(leg.state == "sending" or leg.in_doubt and leg.state != "needs_a_person" for leg in naming):
            raise DeliveryError(TOGETHER, outcome="not_sent", code="together", retry_after=TOGETHER_SECONDS)
    text = SAID_OTHERWISE.format(said.key, one_line(said.means, 160))
    raise DeliveryError(text, outcome="stopped", code=f"{OTHERWISE}:{said.key}")


def delivered(delivery: Delivery, receipt: Receipt, *, by: str, outcome: str) -> None:
    """The effect exists: its receipt is written down, and the lane is well."""
    there = {"at": receipt.at.isoformat()} if receipt.at else {}  # by the service's clock: it may be found much later
    proof = {"remote_id": receipt.remote_id, "receipt_url": receipt.url, "receipt": {**receipt.detail, **there}}
    try:
        settle(delivery, "delivered", "", by=by, attempt=outcome, **proof)
    except IntegrityError:
        same = Delivery.objects.filter(system=delivery.system, remote_id=receipt.remote_id)
        if not same.exclude(pk=delivery.pk).exists():
            raise
        log.warning("delivery %s: the receipt %s belongs to another delivery", delivery.pk, receipt.remote_id)
        _ask_whose(delivery, receipt, by)
    lanes.well(lane_of(delivery))


def _ask_whose(delivery: Delivery, receipt: Receipt, by: str) -> None:
    """One effect cannot prove two deliveries, and nothing here can tell which of them it is."""
    words = (
        f"{delivery.get_system_display()} answered with {receipt.remote_id}, which is another delivery's receipt; "
        "a team lead has to look whether this one arrived."
    )
    if delivery.state == "sending" and not settle(
        delivery, "uncertain", words, by=by, attempt="ambiguous", trouble="receipt"
    ):
        return
    settle(delivery, "needs_a_person", words, by="reconciler", trouble="receipt")


def _not_delivered(delivery: Delivery, error: DeliveryError, by: str) -> None:
    """Down the table of moves: dead, uncertain or pending again; a fenced delivery is somebody else's by now."""
    if error.outcome == "fenced":
        log.warning("delivery %s: not sent by %s, which no longer owns it", delivery.pk, by)
        return
    if error.outcome == "refused" and lanes.refuses_everything(delivery):
        text = f"One after the other is refused, and nothing is taken. {error.text}"
        error = DeliveryError(text, outcome="paused", code=error.code, retry_after=error.retry_after)
    paused_until = None
    if error.unwell:
        paused_until = lanes.trouble(lane_of(delivery), error)
    elif error.outcome == "stopped" or error.code in NOT_ASKED:
        lanes.not_probed(lane_of(delivery))
    elif error.outcome in ("permanent", "not_sent", "refused"):
        lanes.well(lane_of(delivery))  # it answered, and about this delivery
    state, due = _what_now(delivery, error, database_now(), paused_until)
    values = {"due_at": due} if due else {}
    if error.free:
        values["attempts"] = F("attempts") - 1
    code = error.code[:40] or error.outcome
    settle(delivery, state, error.text, by=by, attempt=error.outcome, trouble=code, **values)


def _what_now(delivery: Delivery, error: DeliveryError, now, paused_until):
    """The next state, and when it is due."""
    if error.outcome == "ambiguous":
        return "uncertain", now + timedelta(seconds=settings.DELIVERY_LOOK_AGAIN_SECONDS)
    refused = error.outcome == "refused" and _refusals(delivery) >= settings.DELIVERY_MAX_REFUSALS
    if error.outcome in ("permanent", "stopped") or refused or exhausted(delivery, now, free=error.free):
        return ("uncertain", now) if delivery.in_doubt else ("dead", None)  # dead says that nothing arrived
    if error.code == "just_changed":  # the ticket's last second decides: due then
        return "pending", now + timedelta(seconds=error.retry_after)
    asked = lanes.pause_of_refused() if error.outcome == "refused" else 0.0  # nobody grants anything within a second
    wait = seconds_to_wait(
        max(delivery.attempts, 1),
        max(error.retry_after or 0.0, asked),
        random.random(),
        most=settings.DELIVERY_LONGEST_BACKOFF_SECONDS,
        most_asked=settings.DELIVERY_LONGEST_WAIT_SECONDS,
    )
    return "pending", max(now + timedelta(seconds=wait), paused_until or now)


def _refusals(delivery: Delivery) -> int:
    """Since it was sent, or sent again by a team lead, this one included: an attempt in hand has no outcome yet."""
    refused = delivery.tries.filter(outcome="refused")
    if delivery.give_up_at:
        refused = refused.filter(started_at__gte=delivery.begun_at)
    return 1 + refused.count()


def exhausted(delivery: Delivery, now, *, free: bool = False) -> bool:
    """Twelve attempts that count, or a day: then a person decides."""
    too_old = delivery.give_up_at is not None and now >= delivery.give_up_at
    return too_old or (delivery.attempts >= settings.DELIVERY_MAX_ATTEMPTS and not free)


def due(lane: str = "", state: str = "pending"):
    """The deliveries whose time has come by the database's clock, the longest waiting first."""
    rows = Delivery.objects.filter(state=state, due_at__lte=DatabaseNow()).order_by("due_at", "pk")
    return rows.filter(in_lane(lane)) if lane else rows

"""One lane and breaker per system, and per Zendesk instance: a dead Slack does not hold up Zendesk, and costs no delivery its attempts.

After a few failures of the service in a row the breaker opens: nothing is sent for a while, then one delivery tries.
All workers share the lanes, through the database and its clock.
"""

import logging
import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, Case, F, Q, When

from escalations.models import Attempt, Delivery, Lane
from escalations.models.clock import DatabaseNow, database_now
from escalations.models.lanes import in_lane, lane_of

log = logging.getLogger("escalations.lanes")
OPENS_AFTER = 3
FIRST_PAUSE_SECONDS = 2.0
LATEST = 50  # attempts of a lane that are looked at
OPEN = {"failures": 0, "paused_until": None, "asked_until": None, "probe_until": None, "reason": "", "since": None}
REFUSED_PAUSE_SECONDS = 15.0  # refused credentials do not heal by themselves in a second


def is_paused(lane: str) -> bool:
    """Whether nothing at all is to be asked of the system now."""
    return Lane.objects.filter(key=lane, paused_until__gt=DatabaseNow()).exists()


def in_trouble(lane: str) -> bool:
    """Whether its breaker is open or it pauses: between two pauses, while one delivery tries, it is no better."""
    return Lane.objects.filter(Q(paused_until__gt=DatabaseNow()) | Q(failures__gte=OPENS_AFTER), key=lane).exists()


def closed_lanes() -> set[tuple[str, str]]:
    """(lane, state) of what nobody has to wake for now: a lane that pauses, or that somebody tries at this moment, sends
    nothing; where the service itself asked us to wait it is not read from either."""
    closed = Q(paused_until__gt=DatabaseNow()) | Q(failures__gte=OPENS_AFTER, probe_until__gt=DatabaseNow())
    asked = Q(asked_until__gt=DatabaseNow())
    sends, looks = (Case(When(what, then=True), default=False, output_field=BooleanField()) for what in (closed, asked))
    rows = Lane.objects.filter(closed | asked).annotate(sends_not=sends, looks_not=looks).values_list("key", "sends_not", "looks_not")
    return {(key, state) for key, *no in rows for state, rests in zip(("pending", "uncertain"), no, strict=True) if rests}


def asks_to_wait(lane: str) -> bool:
    """Whether the service itself asked for the pause, or refused us: then it is not read from either."""
    return Lane.objects.filter(key=lane, asked_until__gt=DatabaseNow()).exists()


def admits(lane: str) -> bool:
    """Whether a delivery may be sent now. With an open breaker only the one that gets to be the probe."""
    row = Lane.objects.filter(key=lane).first()
    if row is None or row.failures < OPENS_AFTER:
        return row is None or row.paused_until is None or not is_paused(lane)
    now = database_now()
    free = Q(paused_until=None) | Q(paused_until__lte=now)
    untried = Q(probe_until=None) | Q(probe_until__lte=now)
    probing = now + timedelta(seconds=settings.DELIVERY_DEADLINE_SECONDS + 1)
    return bool(Lane.objects.filter(free, untried, key=lane).update(probe_until=probing))


def well(lane: str) -> None:
    """The service answered as it should: the breaker closes."""
    troubled = Lane.objects.filter(key=lane).exclude(failures=0, paused_until=None)
    # Asked first: a lane is well nearly always, and an update would wait for whoever is writing.
    if not troubled.exists():
        return
    # What the service asked us to wait still holds for the others, although this one was let through.
    troubled.filter(asked_until__gt=DatabaseNow()).update(failures=0, probe_until=None, paused_until=F("asked_until"))
    over = Q(asked_until=None) | Q(asked_until__lte=DatabaseNow())
    if troubled.filter(over).update(**OPEN):
        log.info("lane %s: open again", lane)


def not_probed(lane: str) -> None:
    """Whoever was let through as the probe found nothing to send: the next one may."""
    Lane.objects.filter(key=lane, probe_until__isnull=False).update(probe_until=None)


def trouble(lane: str, error) -> datetime | None:
    """The service is unwell, not this delivery (`error` is a DeliveryError or LookupFailed). Until when the lane pauses.

    A transaction of its own: what became of the attempt is written down in another, so that the two never wait for each other.
    """
    with transaction.atomic():
        now = database_now()
        Lane.objects.get_or_create(key=lane)
        row = Lane.objects.select_for_update().get(pk=lane)
        failures = row.failures + 1
        asked = _asked_until(now, error)
        until = max(filter(None, (asked, _breaker_until(now, failures))), default=None)
        words = getattr(error, "text", "") or getattr(error, "detail", "") or getattr(error, "code", "")
        values = {"failures": failures, "probe_until": None, "reason": words[:300], "since": row.since or now}
        if asked:
            values["asked_until"] = max(asked, row.asked_until or asked)
        if until:
            values["paused_until"] = max(until, row.paused_until or until)
            log.warning("lane %s: paused until %s, failures in a row: %s", lane, f"{until:%H:%M:%S}", failures)
        Lane.objects.filter(pk=lane).update(**values)
    return values.get("paused_until")


def refuses_everything(delivery: Delivery) -> bool:
    """Whether its target is one of several that refused us, and nothing was taken since: then it is not about the target."""
    ours = in_lane(lane_of(delivery), "delivery__")
    ended = Attempt.objects.filter(ours, ended_at__isnull=False).order_by("-started_at")
    refused = {delivery.target}
    for outcome, target in ended.values_list("outcome", "delivery__target")[:LATEST]:
        if outcome == "delivered":
            break
        if outcome in ("refused", "paused"):
            refused.add(target)
    return len(refused) >= OPENS_AFTER


def pause_of_refused() -> float:
    return min(settings.LANE_LONGEST_PAUSE_SECONDS, REFUSED_PAUSE_SECONDS)


def open_now(lane: str) -> None:
    """A person says: try again at once. The breaker stays as it is, so one delivery tries."""
    Lane.objects.filter(key=lane).update(paused_until=None, asked_until=None, probe_until=None)


def _asked_until(now: datetime, error) -> datetime | None:
    """What the service asked for; a refusal counts as asking for a while."""
    seconds = min(error.retry_after or 0.0, settings.DELIVERY_LONGEST_WAIT_SECONDS)
    if getattr(error, "outcome", "") == "paused":
        seconds = max(seconds, pause_of_refused())
    return now + timedelta(seconds=seconds) if seconds else None


def _breaker_until(now: datetime, failures: int) -> datetime | None:
    if failures < OPENS_AFTER:
        return None
    doubled = FIRST_PAUSE_SECONDS * 2 ** min(failures - OPENS_AFTER, 10)
    most = min(doubled, settings.LANE_LONGEST_PAUSE_SECONDS)
    return now + timedelta(seconds=most * (0.5 + random.random() / 2)) if most else None

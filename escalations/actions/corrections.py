"""Recording what somebody said about who is told, and taking it back."""

import json
from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, transaction

from escalations.models import Correction, Escalation
from escalations.models.said import planned_before
from escalations.rules import corrections as rules

from . import notices
from .moves import on
from .unit import Unit, unit

SAID = (
    "account_id", "role_key", "email", "instead", "use_email", "valid_from", "valid_until", "reason", "said_by", "escalation",
)  # fmt: skip


class AlreadyEnded(Exception):
    """It was taken back meanwhile."""


def record(correction: Correction, *, by, now: datetime) -> Correction:
    """Store a correction that was checked. It counts from the next look-up on, and at the latest at Send.

    Pressed twice it is the first one: what stands already is not said a second time.
    """
    with unit(by=by.username, now=now, durable=False) as opened:
        return recorded(opened, correction, by=by)


def recorded(opened: Unit, correction: Correction, *, by) -> Correction:
    """The same inside an open unit, for a verb of which it is a part."""
    standing = Correction.objects.standing().filter(**{name: getattr(correction, name) for name in SAID})
    same = standing.first()
    if same:
        return same
    correction.recorded_by, correction.recorded_at, correction.once = by, opened.now, _once(correction)
    try:
        with transaction.atomic():
            correction.save(force_insert=True)
    except IntegrityError:  # another press was a moment earlier
        same = standing.first()
        if same is None:
            raise
        return same
    about = correction.escalation.reference if correction.escalation else ""
    opened.record("correction.recorded", correction.reference, instead=correction.instead, about=about)
    return correction


def tell_who_waits(correction: Correction, *, by, now: datetime) -> list[Escalation]:
    """The escalations that wait and will not be sent to whom it is about; each one's author is told. In transactions of their own."""
    means, told = rules.Correction.read(correction.as_value()).means, []
    for row in planned_before(correction, now=now):
        with on(row.pk, by=by.username, now=now) as (_, escalation):
            if escalation.state == "submitted" and not escalation.called_off:  # and not undone, sent or withdrawn since it was read
                notices.tell_author_of_correction(escalation, correction.reference, means, now=now)
                told.append(row)
    return told


def _once(correction: Correction) -> str:
    """What the database compares: a digest, because an index has no room for the words, and for it no two empty days are the same."""
    said = [getattr(correction, Correction._meta.get_field(name).attname) for name in SAID]
    return sha256(json.dumps(said, default=str).encode()).hexdigest()


def end(correction: Correction, *, by, now: datetime) -> None:
    """Take it back: the next search is as if it had not been said. Raises AlreadyEnded."""
    with unit(by=by.username, now=now, durable=False) as opened:
        if not Correction.objects.filter(pk=correction.pk, ended_at=None).update(ended_at=now, ended_by=by):
            raise AlreadyEnded
        opened.record("correction.ended", correction.reference)

"""Recording what somebody said about who is told, and taking it back."""

from datetime import datetime

from escalations.models import Correction

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
    same = Correction.objects.standing().filter(**{name: getattr(correction, name) for name in SAID}).first()
    if same:
        return same
    correction.recorded_by, correction.recorded_at = by, opened.now
    correction.save(force_insert=True)
    about = correction.escalation.reference if correction.escalation else ""
    opened.record("correction.recorded", correction.reference, instead=correction.instead, about=about)
    return correction


def end(correction: Correction, *, by, now: datetime) -> None:
    """Take it back: the next search is as if it had not been said. Raises AlreadyEnded."""
    with unit(by=by.username, now=now, durable=False) as opened:
        if not Correction.objects.filter(pk=correction.pk, ended_at=None).update(ended_at=now, ended_by=by):
            raise AlreadyEnded
        opened.record("correction.ended", correction.reference)

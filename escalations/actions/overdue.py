"""Answers that did not come: found by any worker, once an escalation, by the database's clock."""

import logging

from django.db import DataError, IntegrityError

from escalations.models import Escalation
from escalations.models.clock import DatabaseNow
from escalations.models.delivery import something_arrived

from . import notices
from .moves import on

log = logging.getLogger("escalations.follow_up")
MOST = 100  # at a time; the others a few seconds later


def find_overdue() -> int:
    """Mark what is late, and tell its author; how many. Nobody is late who was not told, or was told that it is withdrawn."""
    late = _late().order_by("overdue_at").values_list("pk", flat=True)[:MOST]
    return sum(_marked(pk) for pk in list(late))


def _late():
    waiting = Escalation.objects.filter(follow_up="awaiting_reply", overdue_at__lte=DatabaseNow())
    return waiting.filter(something_arrived(), withdrawn_at=None, sample=False)


def _marked(pk: int) -> bool:
    """One row that the database does not take, such as a notice to an address that is too long, does not stand before the others."""
    try:
        return _mark(pk)
    except (DataError, IntegrityError) as refused:
        log.error("an answer that did not come could not be marked", extra={"error": type(refused).__name__})
        return False


def _mark(pk: int) -> bool:
    with on(pk, by="portal") as (opened, row):
        if not _late().filter(pk=pk).update(follow_up="overdue"):
            return False  # somebody answered meanwhile, or another worker was here first
        opened.record("follow_up.overdue", row.reference)
        notices.tell_author_of_silence(row, now=opened.now)
    return True

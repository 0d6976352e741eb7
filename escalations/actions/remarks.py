"""Telling the row keepers that a row is missing."""

from datetime import datetime

from escalations.models import Draft, RowRemark

from .unit import unit


def leave(draft: Draft, *, by, text: str, nearest: str, now: datetime) -> RowRemark:
    """Keep the line for whoever looks after the rows. Pressed twice it is the first one."""
    with unit(by=by.username, now=now, durable=False) as opened:
        remark, new = RowRemark.objects.get_or_create(
            draft=draft, said_by=by, text=text[:300], defaults={"nearest": nearest[:80], "said_at": now}
        )
        if new:
            opened.record("remark.left", str(draft.pk), nearest=remark.nearest)
    return remark

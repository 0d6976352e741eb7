"""What an auditor reads is on record like what others change."""

from datetime import datetime

from .unit import unit


def record_reading(what: str, *, by, now: datetime) -> None:
    """`what` names what was read: an escalation's reference, "history", "reports", "export"."""
    with unit(by=by.username, now=now, durable=False) as opened:
        opened.record("record.read", what)

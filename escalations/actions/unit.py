"""The transaction of every business change, with its audit events as its last statements. No audit, no change."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.conf import settings
from django.db import transaction

from escalations.models import AuditEvent, AuditHead, AuditWords
from escalations.rules.audit_chain import commitment, seal

_open: ContextVar["Unit | None"] = ContextVar("unit", default=None)
log = logging.getLogger("escalations.audit")
SAID = (
    "system",
    "attempt",
    "version",
    "scenario",
)  # of a payload, in the operators' log: no row has a say in what stands there
MOST_WORDS = 300  # characters
WORRYING = ("delivery.dead", "delivery.needs_a_person")


class Unit:
    """An open transaction: verbs write rows, and `record` what they did."""

    def __init__(self, by: str, now: datetime):
        self.by, self.now = by, now
        self.events: list[tuple[str, str, dict, str]] = []

    def record(self, action: str, object: str, *, words: str = "", **payload) -> None:
        """Note one event, such as record("escalation.submitted", "ESC-12", legs=2). `payload` is JSON, without personal data.

        `words`, a person's own, are kept beside the chain; the event holds a commitment to them.
        """
        self.events.append((action, object, payload, words[:MOST_WORDS]))


@contextmanager
def unit(*, by: str, now: datetime, durable: bool = True) -> Iterator[Unit]:
    """Open a business transaction for the user name `by`. Entering a second one inside it is a mistake and raises."""
    if _open.get() is not None:
        raise RuntimeError("A unit is already open: verbs compose inside one unit, never one inside another.")
    opened = Unit(by, now)
    token = _open.set(opened)
    try:
        with transaction.atomic(durable=durable):
            yield opened
            _append(opened)
            transaction.on_commit(lambda: _say(opened))
    finally:
        _open.reset(token)


def _head() -> AuditHead | None:
    """The last link, for this transaction alone; none before the first event."""
    return AuditHead.objects.select_for_update().filter(id=1).first()


def _append(opened: Unit) -> None:
    if not opened.events:
        return
    head = _head()
    if head is None:
        AuditHead.objects.get_or_create(id=1)
        head = _head()
    for action, object, payload, words in opened.events:
        head.seq += 1
        salt = secrets.token_hex(16)
        if words:
            payload = {**payload, "words": commitment(salt, words)}
        fields = {
            "seq": head.seq,
            "at": opened.now.isoformat(),
            "actor": opened.by,
            "action": action,
            "object": object,
            "payload": payload,
        }
        sealed = seal(settings.AUDIT_KEY, fields, head.hash)
        event = AuditEvent.objects.create(**{**fields, "at": opened.now}, prev=head.hash, hash=sealed)
        if words:
            AuditWords.objects.create(event=event, text=words, salt=salt)
        head.hash = sealed
    head.save()


def _say(opened: Unit) -> None:
    """The same events for operators, once they are true."""
    for action, object, payload, _ in opened.events:
        said = {name: payload[name] for name in SAID if name in payload}
        level = logging.WARNING if action in WORRYING else logging.INFO
        log.log(
            level, "recorded", extra={"action": action, "object": object.replace(" ", "-"), "by": opened.by, **said}
        )

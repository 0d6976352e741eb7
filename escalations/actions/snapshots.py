"""Snapshots: what was seen of a draft's ticket and customer is stored with the draft, unless a newer look-up has begun."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from escalations.models import Draft, FactSnapshot
from escalations.rules import states
from escalations.rules.facts import Facts, Seen

from .wizard import change


def begin_look_up(draft: Draft, *, now: datetime) -> int:
    """A new revision: what an older look-up still brings is dropped. The 9 s budget of the page counts from here."""
    change(draft, now=now, revision=F("revision") + 1, looked_up_at=now)
    draft.refresh_from_db(fields=["revision", "looked_up_at"])
    return draft.revision


def read_anew(draft: Draft, *, now: datetime) -> None:
    """What was read is forgotten, so that the page reads it again; what somebody said (who a name is, which account) stays theirs."""
    begin_look_up(draft, now=now)
    draft.snapshots.exclude(source="portal").delete()


def record(draft: Draft, *, revision: int, facts: Iterable[Seen], now: datetime) -> bool:
    """Store what was seen; False, and nothing stored, when a newer look-up has begun or the draft is no longer live."""
    with transaction.atomic():
        current = Draft.objects.select_for_update().filter(
            pk=draft.pk, revision=revision, state__in=states.LIVE
        )
        if not current.update(updated_at=now):
            return False
        draft.updated_at = now
        facts = list(facts)
        _forget_another_account(draft, facts)
        rows = [
            FactSnapshot(
                draft=draft, source=item.source, key=item.key[:200], value=item.value, seen_at=item.seen_at,
                error=item.error, detail=item.detail[:300], stale=item.stale, tried_at=item.tried_at,
            )
            for item in facts
        ]  # fmt: skip
        FactSnapshot.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["draft", "source", "key"],
            update_fields=["value", "seen_at", "error", "detail", "stale", "tried_at"],
        )
    return True


def _forget_another_account(draft: Draft, facts: list[Seen]) -> None:
    """A ticket that moved to another organization takes nothing along of the former customer: no account, nobody, no channel."""
    read = [item for item in facts if (item.source, item.key) == ("zendesk", "ticket") and item.known]
    if not read:
        return
    kept = {row.key: row.seen for row in draft.snapshots.filter(key__in=("ticket", "account", "account_choice", "accounts"))}
    held = kept.pop("account", None)
    if held and (held.value or {}).get("id") != Facts.of([*kept.values(), *read]).account_id:
        draft.snapshots.exclude(source="zendesk", key__in=("ticket", "comments")).delete()
    elif "accounts" in kept and _suggests(Facts.of(kept.values())) != _suggests(Facts.of(read)):
        draft.snapshots.filter(source="salesforce", key="accounts").delete()


def _suggests(facts: Facts) -> tuple[str, str]:
    """What of the ticket accounts are suggested by: those for another organization, or another requester, are none of its own."""
    ticket = facts.ticket
    return (ticket.organization.id if ticket and ticket.organization else "", ticket.domain if ticket else "")

"""What the portal remembers of earlier look-ups: what is fresh is not read twice, what is last known stands in for a service
that does not answer. Always with the instant at which it was read, and only among drafts of the same Zendesk instance.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from escalations.models import Colleague, Draft, FactSnapshot
from escalations.rules import pauses
from escalations.rules.facts import Facts, Seen

Key = tuple[str, str]
Remembered = Callable[[Collection[Key]], dict[Key, Seen]]
# After these the value that was read before is still the best that is known. A refusal, or "not there", is an answer of its own.
NO_ANSWER = ("late", "unreachable", "malformed", "limited", "failed", "credentials", "skipped")


def nothing(keys: Collection[Key]) -> dict[Key, Seen]:
    """For who wants everything read anew."""
    return {}


def skipped(keys: Collection[Key]) -> dict[Key, Seen]:
    """For "Go on without": nobody is asked, and what is left behind is an answer that says so, never a gap."""
    return {key: Seen(*key, None, timezone.now(), "skipped") for key in keys}


def fresh(draft: Draft, account: str, *, now: datetime) -> Remembered:
    """What other look-ups have read a moment ago, by key; `account` is the id of the ticket's account, "" without one."""
    since = now - timedelta(seconds=settings.FACTS_CACHE_SECONDS)

    def among(keys: Collection[Key]) -> dict[Key, Seen]:
        found = _of(draft, account, keys).filter(seen_at__gte=since, stale="").order_by("seen_at")
        return {(row.source, row.key): row.seen for row in found}

    return among


def last_known(draft: Draft, facts: Facts, seen: list[Seen], *, account: str, now: datetime) -> list[Seen]:
    """`seen`, where a service did not answer with the value it gave last, if that is not too old. `facts` are the draft's own.

    Whether somebody is alerted changes every evening: of that only an absence is kept.
    """
    seen = [_still_away(item, facts.get(item.source, item.key), now) if item.key == pauses.KEY else item for item in seen]
    failed = {(item.source, item.key): item for item in seen if item.error in NO_ANSWER and item.key != pauses.KEY}
    held = {key: facts.get(*key) for key in failed if _is_of(facts.get(*key), account)}
    missing = [key for key in failed if key not in held]
    if missing:
        since = now - timedelta(days=settings.LAST_KNOWN_DAYS)
        older = _of(draft, account, missing).filter(seen_at__gte=since).order_by("seen_at")
        held |= {(row.source, row.key): row.seen for row in older}
    return [held[key].standing_in(item) if (key := (item.source, item.key)) in held else item for item in seen]


def no_ids(emails: Collection[str]) -> set[str]:
    """For who asks nobody by id before Slack has said who somebody is."""
    return set()


def _still_away(item: Seen, before: Seen | None, now: datetime) -> Seen:
    """Whoever was away until a day that is still ahead is so although Slack did not answer this time."""
    held = pauses.absent(before, now) if before and item.error in NO_ANSWER else {}
    return replace(before, value=held).standing_in(item) if held else item


def slack_ids(emails: Collection[str]) -> set[str]:
    """Who these people are in Slack, as far as the worker knows: what is asked by id need not wait for it."""
    return set(Colleague.objects.filter(email__in=[email.lower() for email in emails]).values_list("slack_id", flat=True))


def _is_of(seen: Seen | None, account: str) -> bool:
    """Whether the draft's own value can stand in: it is one, and an account is that of the organization as it is now."""
    if seen is None or not seen.known:
        return False
    return seen.key != "account" or (seen.value or {}).get("id") == account


def _of(draft: Draft, account: str, keys: Collection[Key]):
    """The snapshots of these keys that may speak for the draft: of the same ticket, of the same account, of the same people."""
    named = [key for source, key in keys if key.startswith(("person:", "channel:", "name:"))]
    members = [key for source, key in keys if key.startswith("members:") or key == pauses.KEY]
    about = Q(source__in=("slack", "zendesk"), key__in=named)
    if {"ticket", "comments"} & {key for _, key in keys}:
        about |= Q(source="zendesk", key__in=("ticket", "comments"), draft__ticket_id=draft.ticket_id)
    if account and ("salesforce", "account") in keys:
        about |= Q(source="salesforce", key="account", value__id=account)
    if account and members:  # of the people of this account alone was kept whether they are there, and alerted
        about |= Q(source="slack", key__in=members, draft__in=FactSnapshot.objects.of_account(account).values("draft"))
    return FactSnapshot.objects.answered(draft.instance).filter(about).exclude(draft=draft)

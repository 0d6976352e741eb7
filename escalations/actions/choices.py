"""What an engineer says where the services leave it open: which account it is, who a written name is. Recorded as their own choice."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from escalations.models import Draft, FactSnapshot
from escalations.models.facts import facts_of
from escalations.models.people import name_of
from escalations.rules.facts import Facts
from escalations.rules.names import customer_of, name_asked, name_key

from .wizard import touch


def choose_account(draft: Draft, facts: Facts, *, account: str, by, now: datetime) -> bool:
    """Record which of the suggested accounts the ticket's customer is; "" takes that back.

    False, and nothing is changed, when it is none of those. What was read of another account goes.
    """
    offered = {one["id"]: one for one in facts.value("salesforce", "accounts") or ()}
    if account and account not in offered or not facts.ticket:
        return False
    organization = facts.ticket.organization
    value = {
        "id": account, "name": offered[account]["name"] or account, "by": name_of(by),
        "organization": organization.id if organization else "", "named": organization.named if organization else "",
    } if account else None  # fmt: skip
    with transaction.atomic():
        touch(draft, now=now)
        forget_another_account(draft)
        _keep(draft, "account_choice", value, now)
    return True


def choose_person(draft: Draft, facts: Facts, *, name: str, email: str, by, now: datetime) -> bool:
    """Record which of those in Slack who have it the written name is; "" takes that back.

    False, and nothing is changed, when it is none of those. Who was chosen is looked up anew, as it is whenever people change; so is
    who has the name, where the choice was said before all was read anew.
    """
    asked = name_asked(facts, name)
    person = next((one for one in asked.people if email and one["email"].lower() == email.lower()), None)
    if email and not person:
        return False
    value = {
        "name": person["name"], "email": person["email"], "written": name, "among": len(asked.people),
        "by": name_of(by), "of": customer_of(facts),
    } if person else None  # fmt: skip
    with transaction.atomic():
        touch(draft, now=now)
        if value or asked.seen is None:
            draft.snapshots.filter(source="slack", key="people").delete()
        _keep(draft, f"person_choice:{name_key(name)}", value, now)
    return True


def take_along(draft: Draft, before: Draft) -> tuple[str, ...]:
    """Give `draft` what was said for `before`, on the same ticket, where nobody said it for `draft` and it counts there; the keys of that."""
    own = draft.snapshots.filter(source="portal").values("key")
    said = before.snapshots.filter(source="portal", value__isnull=False).exclude(key="corrections").exclude(key__in=own)
    given = {copy.key for copy in copy_to(draft, said)}
    idle = {key for key in given if not _counts(facts_of(draft), key)}
    draft.snapshots.filter(source="portal", key__in=idle).delete()
    return tuple(sorted(given - idle))


def _counts(facts: Facts, key: str) -> bool:
    """Before the ticket is read nobody can tell; then only for the customer for whom it was said."""
    if facts.ticket is None:
        return True
    if key == "account_choice":
        return facts.account_choice is not None
    return (facts.value("portal", key) or {}).get("of") == customer_of(facts)


def copy_to(draft: Draft, snapshots: Iterable[FactSnapshot]) -> list[FactSnapshot]:
    """`draft` gets these as well, each unless it has one of that key."""
    copies = list(snapshots)
    for copy in copies:
        copy.pk, copy.draft = None, draft
    return FactSnapshot.objects.bulk_create(copies, ignore_conflicts=True)


def forget_another_account(draft: Draft) -> None:
    """What was read of another account than the one that was chosen goes."""
    draft.snapshots.exclude(source="zendesk", key__in=("ticket", "comments")).exclude(key__in=("accounts", "account_choice")).delete()


def _keep(draft: Draft, key: str, value: dict | None, now: datetime) -> None:
    """None takes back what was said, and stays as that: an Undo must not bring it in again."""
    said, _ = draft.snapshots.filter(source="portal", key=key).delete()
    if value or said:
        FactSnapshot.objects.create(draft=draft, source="portal", key=key, value=value, seen_at=now)

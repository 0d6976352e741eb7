"""What an engineer says where the services leave it open: which account it is, who a written name is. Recorded as their own choice."""

from datetime import datetime

from django.db import transaction

from escalations.models import Draft, FactSnapshot
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
        "organization": organization.id if organization else "", "linked": organization.linked_id if organization else "",
    } if account else None  # fmt: skip
    with transaction.atomic():
        touch(draft, now=now)
        draft.snapshots.exclude(source="zendesk", key__in=("ticket", "comments")).exclude(key="accounts").delete()
        _keep(draft, "account_choice", value, now)
    return True


def choose_person(draft: Draft, facts: Facts, *, name: str, email: str, by, now: datetime) -> bool:
    """Record which of those in Slack who have it the written name is; "" takes that back.

    False, and nothing is changed, when it is none of those. Who was chosen is looked up anew, as it is whenever people change.
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
        if value:
            draft.snapshots.filter(source="slack", key="people").delete()
        _keep(draft, f"person_choice:{name_key(name)}", value, now)
    return True


def _keep(draft: Draft, key: str, value: dict | None, now: datetime) -> None:
    draft.snapshots.filter(source="portal", key=key).delete()
    if value:
        FactSnapshot.objects.create(draft=draft, source="portal", key=key, value=value, seen_at=now)

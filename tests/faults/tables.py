"""The portal's tables as plain rows, and the drafts of a run, through the portal's own models. Called in the run's own process."""

from concurrent.futures import ThreadPoolExecutor

from tests.faults.history import Intent, Leg

FIRST_TICKET = 200_000
AUTHORS = ("engineer", "teamlead")
# Rows of the mapping, by how often: most mention and follow, some post in a channel, few have a cc that the customer sees.
ROWS = (
    "emergency", "customer-asked", "upgrade-assistance", "training", "expectations-mismatch", "emergency", "customer-asked",
    "upgrade-assistance", "training", "pass-lead",
)  # fmt: skip


def set_up(environment: dict[str, str]) -> None:
    """Once in a process: Django on the run's own database."""
    import os

    os.environ.update(environment)
    import django

    django.setup()


def make_intents(count: int, *, offset: int = 0) -> list[Intent]:
    """`count` reviewed drafts, looked up in the sandbox as the wizard would; those that cannot be sent are left out."""
    from django.db import connection

    from escalations.gateways import wiring

    wiring.warm_up()
    intents, number = [], FIRST_TICKET + offset

    def one(ticket: int):
        try:
            return _intent(ticket)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        while len(intents) < count:
            more = max(4, count - len(intents))
            intents += [intent for intent in pool.map(one, range(number, number + more)) if intent]
            number += more
    return intents[:count]


def _intent(ticket: int) -> Intent | None:
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from escalations.actions import wizard
    from escalations.gateways.wiring import gateways
    from escalations.web import looking

    now, author = timezone.now(), get_user_model().objects.get(username=AUTHORS[ticket % len(AUTHORS)])
    draft = wizard.start(by=author, instance="main", ticket_id=ticket, now=now)
    looking.look_up_all(draft, gateways())
    draft.refresh_from_db()
    wizard.choose(draft, scenario_key=ROWS[ticket % len(ROWS)], now=now)
    wizard.answer(draft, question_key="license-kind", choice_key=("renewal", "new_business")[ticket % 2], now=now)
    return _reviewed(draft, author, now)


def _reviewed(draft, author, now) -> Intent | None:
    """What the review page would have shown, and its seal."""
    from escalations.actions import seal, wizard
    from escalations.models.active import active
    from escalations.models.facts import facts_of
    from escalations.models.planning import plan_of
    from escalations.rules.plan import shown

    facts = facts_of(draft)
    plan = plan_of(draft, active().mapping, now.date(), facts, now=now)
    if plan is None or not plan.can_be_sent:
        return None
    wizard.reviewed(draft, digest=plan.digest, shown=shown(plan))
    sealed = seal.make(draft=str(draft.pk), digest=plan.digest, user=author.username)
    account = facts.customer.id if facts.customer else ""
    legs = [_leg(leg) for leg in plan.legs]
    contact = plan.contact.person.email if plan.contact.person else ""
    return Intent(str(draft.pk), author.username, author.email, draft.ticket_id, plan.digest, sealed, legs, account, contact)


def _leg(leg) -> Leg:
    content = leg.content
    if leg.system == "zendesk":
        cc = content.get("email_cc")
        return Leg(
            leg.key, leg.system, leg.target, leg.visibility, content["body"], follower=content.get("follower"),
            cc=str(cc) if cc else None,
        )  # fmt: skip
    return Leg(leg.key, leg.system, leg.target, leg.visibility, content["text"], blocks=content["blocks"])


def waiting(numbers: set[int]) -> list[dict]:
    """What was reviewed of these deliveries, by a connection of this thread. Raises what the database does."""
    from django.db import close_old_connections

    from escalations.models import Delivery

    close_old_connections()
    rows = Delivery.objects.filter(pk__in=numbers).exclude(purpose__in=("notice", "withdrawal"))
    return [_plain(row) for row in rows.order_by("pk").values("pk", "key", "state", "leg_key", "escalation__draft_id")]


COLUMNS = {
    "Draft": ("id", "state"),
    "Escalation": ("id", "draft_id", "state", "author__username", "sample", "withdrawn_at", "follow_up"),
    "Delivery": (
        "id", "escalation_id", "key", "leg_key", "system", "purpose", "target", "visibility", "content", "state", "attempts",
        "remote_id", "claimed_by", "trouble", "last_words", "origin_id", "mentions", "cc", "escalation__sample",
    ),
    "Attempt": ("delivery_id", "n", "worker", "started_at", "ended_at", "outcome", "words"),
    "FollowUp": ("escalation_id", "what", "draft_id", "correction_id"),
    "Correction": ("id", "account_id", "email"),
    "Look": ("delivery_id", "at", "outcome", "words"),
    "AuditEvent": ("seq", "at", "actor", "action", "object", "payload", "prev", "hash"),
}  # fmt: skip


def dump() -> dict[str, list[dict]]:
    """Every row of the run's tables; samples are left out."""
    from escalations import models

    rows = {
        name: list(getattr(models, name).objects.order_by("pk").values(*columns)) for name, columns in COLUMNS.items()
    }
    rows["Escalation"] = [row for row in rows["Escalation"] if not row["sample"]]
    rows["Delivery"] = [row for row in rows["Delivery"] if not row["escalation__sample"]]
    ours = {row["id"] for row in rows["Delivery"]}
    for name in ("Attempt", "Look"):
        rows[name] = [row for row in rows[name] if row["delivery_id"] in ours]
    return {name: [_plain(row) for row in found] for name, found in rows.items()}


def _plain(row: dict) -> dict:
    return {
        name: value if isinstance(value, str | int | list | dict | None) else _text(value)
        for name, value in row.items()
    }


def _text(value) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)

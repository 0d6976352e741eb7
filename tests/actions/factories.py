"""Drafts and escalations for tests of the verbs, by keyword: what a test does not name is ordinary."""

import uuid
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from escalations.actions import publishing, snapshots, wizard
from escalations.models import Delivery, Draft, Escalation, MappingVersion
from escalations.models.active import active
from escalations.models.planning import plan_of
from escalations.models.working_copy import working_copy
from escalations.rules.calendar import WEEKDAYS
from escalations.rules.mapping import Channel
from escalations.rules.plan import shown
from tests.conftest import NOON
from tests.rules import factories as seen

EMERGENCY = "emergency"
PLAIN_FACTS = seen.facts(
    ticket=seen.ticket(priority="urgent"),
    account=seen.account(),
    **seen.known(seen.DANA, seen.OMAR, {"name": "Ana Lima", "email": "ana.lima@example.com"}),
)


def make_draft(by, *, facts=PLAIN_FACTS, scenario="", instance="main", ticket_id=1001, now=NOON) -> Draft:
    """A draft with these facts; with `scenario` also chosen and reviewed, so that it can be sent."""
    draft = wizard.start(by=by, instance=instance, ticket_id=ticket_id, now=now)
    learn(draft, facts, now=now)
    if scenario:
        wizard.choose(draft, scenario_key=scenario, now=now)
        review(draft, now=now)
    return draft


def learn(draft, facts, *, now=NOON) -> None:
    revision = snapshots.begin_look_up(draft, now=now)
    assert snapshots.record(draft, revision=revision, facts=facts.seen.values(), now=now)


def review(draft, *, now=NOON) -> str:
    """Look at the review, as the author; the digest that the page's seal would carry."""
    plan = plan_of(draft, active().mapping, now.date(), now=now)
    wizard.reviewed(draft, digest=plan.digest, shown=shown(plan))
    return plan.digest


def add_channel(by, name="deals") -> None:
    """An edit of the mapping that nobody has published yet."""
    before = working_copy()
    channel = Channel(name, name, f"C0{name.upper():0>8}")
    publishing.replace_working_copy(replace(before, channels=(*before.channels, channel)), by=by, now=timezone.now())


def make_escalation(by, **values) -> Escalation:
    return Escalation.objects.create(
        **{
            "author": by, "instance": "main", "ticket_id": 1001, "role_key": "csm", "role_name": "Customer Success Manager",
            "scenario_key": EMERGENCY, "scenario_title": "Emergency", "mapping_version": MappingVersion.objects.get(number=1),
            "submitted_at": NOON, "day": NOON.date(), "facts": [], "texts": {"original": {}, "sent": {}}, **values,
        }
    )  # fmt: skip


def make_delivery(by, system="slack", *, escalation=None, **values) -> Delivery:
    """One delivery that is due: a post in #account-management, a note on ticket 1001, or an e-mail to Ana Lima."""
    target, content = {
        "slack": ("C0ACCTMGMT1", {"text": "Disk is gone", "blocks": []}),
        "zendesk": ("main:1001", {"body": "Disk is gone", "follower": None, "email_cc": None}),
        "email": ("ana.lima@example.com", {"subject": "Disk is gone", "body": "Disk is gone"}),
    }[system]
    return Delivery.objects.create(
        **{
            "escalation": escalation or make_escalation(by), "key": uuid.uuid4(), "leg_key": system, "system": system,
            "purpose": "post", "target": target, "visibility": "internal", "content": content, "due_at": timezone.now(),
            "place": {"kind": "channel", "label": "#account-management", "note": "", "people": {}}, **values,
        }
    )  # fmt: skip


def work_on(by, *weekdays: str, **hours) -> None:
    """Publish a calendar in which everybody works on these days only, from 9 to 18 unless `hours` say otherwise."""
    before = working_copy()
    calendar = replace(before.calendars[0], days=weekdays, **hours)
    publishing.replace_working_copy(replace(before, calendars=(calendar,)), by=by, now=timezone.now())
    publishing.publish(by=by, message="Other working hours", now=timezone.now())


def off_until_in_three_days(by) -> None:
    """Wherever they are: nobody works today, tomorrow or the day after."""
    work_on(by, WEEKDAYS[(timezone.now() + timedelta(days=3)).weekday()])

"""The plan of a draft: its stored facts, answers and edits, handed to the rules."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Upper

from escalations.rules.author import Author
from escalations.rules.circumstances import Circumstances
from escalations.rules.contacts import people_of
from escalations.rules.facts import Facts, TicketFacts
from escalations.rules.follow_up import OPEN
from escalations.rules.mapping import Mapping
from escalations.rules.places import Thread
from escalations.rules.plan import Plan, plan

from .delivery import AFTERWARDS, Delivery
from .escalation import Draft
from .facts import facts_of
from .people import name_of

SLACK_KEEPS_DAYS = 89  # Slack forgets messages after 90 days
NOBODY_BY_NAME = "nobody by name"
NOT_TOLD = ("cancelled", "dead", "closed_not_sent")
THREADS_IN = ("channel", "account_channel", "group_message")
MOST = 200  # deliveries are read at once; those about the ticket come first, then what is open for its customer


def is_restricted(instance: str) -> bool:
    """Whether tickets of this Zendesk instance are shown and sent as links only; so are those of one that is gone."""
    return bool(settings.ZENDESK_INSTANCES.get(instance, {"restricted": True})["restricted"])


def plan_of(
    draft: Draft,
    mapping: Mapping,
    day: date,
    facts: Facts | None = None,
    before: list[Delivery] | None = None,
    *,
    now: datetime | None = None,
) -> Plan | None:
    """What the draft would send on `day`; None while no scenario (of this mapping) is chosen.

    `now` tells which day it is where the recipient is; `facts` and `before` (`sent_before`) are read here unless who asks has read them already.
    """
    scenario = mapping.scenario(draft.scenario_key) if draft.scenario_key else None
    if scenario is None or not scenario.in_force(day):
        return None
    facts = facts or facts_of(draft)
    return plan(mapping, scenario, draft.answers, facts, circumstances(draft, facts, day, before, now=now))


def circumstances(
    draft: Draft, facts: Facts, day: date, before: list[Delivery] | None = None, *, now: datetime | None = None
) -> Circumstances:
    author = draft.author
    before = sent_before(draft) if before is None else before
    slack = facts.slack_person(author.email) if author.email else None
    slack_id = (slack.value or {}).get("id", "") if slack and slack.known else ""
    return Circumstances(
        author=Author(name_of(author), author.email, slack_id),
        day=day,
        since=_since(draft, facts),
        thread=thread_of(before, day),
        edits=tuple(draft.edits.items()),
        earlier=told_before(before),
        restricted=is_restricted(draft.instance),
        now=now,
        unread=TicketFacts(draft.instance, draft.ticket_id, url=ticket_url(draft), unread=True),
    )


def _since(draft: Draft, facts: Facts) -> datetime:
    """The instant to which durations count: the last reading of the ticket, in whole hours since the draft was begun.

    Whole hours, or what would be sent were another text each time that the facts are read again.
    """
    seen = facts.get("zendesk", "ticket")
    if seen is None or not seen.known or seen.seen_at < draft.created_at:
        return draft.created_at
    return draft.created_at + timedelta(hours=(seen.seen_at - draft.created_at) // timedelta(hours=1))


def ticket_hosts() -> dict[str, str]:
    """The Zendesk instance of each host, as rules.tickets wants them."""
    return {instance["host"]: name for name, instance in settings.ZENDESK_INSTANCES.items()}


def ticket_url(draft: Draft) -> str:
    """Where the ticket is, as far as that is known without reading it; "" when its instance is gone from the settings."""
    own = settings.ZENDESK_INSTANCES.get(draft.instance)
    return f"https://{own['host']}/agent/tickets/{draft.ticket_id}" if own else ""


def sent_before(draft: Draft) -> list[Delivery]:
    """Every delivery about the ticket that has arrived or may, the oldest first, with its escalation: what was told, and where a thread began."""
    return sent_around(draft, Facts(), draft.created_at)[0]


def sent_around(draft: Draft, facts: Facts, since: datetime) -> tuple[list[Delivery], list[Delivery]]:
    """(those about the ticket as `sent_before` has them, those about other tickets of its customer or to its people), in one query.

    Of the others those since then, and whatever is still open for the customer. What its people were told counts in every Zendesk
    instance, and if it was withdrawn since; of the ticket and the customer only what is of the draft's own.
    """
    here, lately = Q(escalation__instance=draft.instance), Q(escalation__submitted_at__gte=since)
    ticket = here & Q(escalation__ticket_id=draft.ticket_id)
    others = Q(told__in=[Upper(Value(person.email)) for person, _ in people_of(facts)]) & lately
    near = [When(ticket, then=2)]
    if facts.account_id:
        customer = here & Q(escalation__account_id=facts.account_id, escalation__withdrawn_at=None)
        still_open = Q(escalation__follow_up__in=OPEN)
        others |= customer & (lately | still_open)
        near.append(When(customer & still_open, then=1))
    rows = (
        Delivery.objects.alias(told=Upper("escalation__contact_email"))
        .filter(ticket | others)
        .filter(escalation__sample=False)
        .exclude(state__in=NOT_TOLD)
        .exclude(purpose__in=AFTERWARDS)
        .exclude(escalation__draft=draft)
        .select_related("escalation", "escalation__author")
        .defer("content", "escalation__facts", "escalation__explanation", "escalation__texts")
        .annotate(near=Case(*near, default=0, output_field=IntegerField()))
        .order_by("-near", "-pk")
    )[:MOST]
    found = list(rows)
    return [row for row in reversed(found) if row.near == 2], [row for row in found if row.near < 2]


def thread_of(deliveries: list[Delivery], day: date) -> Thread | None:
    """The first delivered Slack message of ours, in a channel if there is one; never one that Slack has forgotten."""
    for delivery in sorted(deliveries, key=lambda delivery: delivery.place.get("kind") == "group_message"):
        kind, remote_id = delivery.place.get("kind"), delivery.remote_id or ""
        young = delivery.settled_at and (day - delivery.settled_at.date()).days < SLACK_KEEPS_DAYS
        if (
            delivery.system == "slack"
            and delivery.state == "delivered"
            and kind in THREADS_IN
            and delivery.escalation.withdrawn_at is None
            and young
            and ":" in remote_id
        ):
            channel, ts = remote_id.split(":", 1)
            group = delivery.target if kind == "group_message" else ""
            return Thread(channel, ts, delivery.place.get("label", "Slack"), kind, delivery.escalation.reference, group)
    return None


def told_by_name(deliveries: Iterable[Delivery]) -> set[int]:
    """The escalations in which somebody is mentioned or put on the ticket; the others were for a channel, or a note in its thread."""
    return {delivery.escalation_id for delivery in deliveries if delivery.mentions or delivery.cc}


def told_before(deliveries: list[Delivery]) -> tuple[str, ...]:
    """One clause an escalation, the newest first: its reference, whom, by whom and when."""
    said, named = {}, told_by_name(deliveries)
    for delivery in deliveries:
        row = delivery.escalation
        whom = row.contact_name if row.pk in named else NOBODY_BY_NAME
        author = name_of(row.author)
        withdrawn = ", withdrawn since" if row.withdrawn_at else ""
        waits = ", waiting to be sent" if row.state == "submitted" else ""
        said[row.pk] = f"{row.reference}, {whom}, by {author} on {row.day.day} {row.day:%B}{withdrawn}{waits}"
    return tuple(said[pk] for pk in sorted(said, reverse=True))

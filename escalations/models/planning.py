"""The plan of a draft: its stored facts, answers and edits, handed to the rules."""

from datetime import date

from django.conf import settings

from escalations.rules.facts import Facts
from escalations.rules.mapping import Mapping
from escalations.rules.places import Thread
from escalations.rules.plan import Author, Circumstances, Plan, plan

from .delivery import Delivery
from .escalation import Draft
from .facts import facts_of


def is_restricted(instance: str) -> bool:
    """Whether tickets of this Zendesk instance are shown and sent as links only; so are those of one that is gone."""
    return bool(settings.ZENDESK_INSTANCES.get(instance, {"restricted": True})["restricted"])


def plan_of(draft: Draft, mapping: Mapping, day: date, facts: Facts | None = None) -> Plan | None:
    """What the draft would send on `day`; None while no scenario (of this mapping) is chosen."""
    scenario = mapping.scenario(draft.scenario_key) if draft.scenario_key else None
    if scenario is None or not scenario.in_force(day):
        return None
    facts = facts or facts_of(draft)
    return plan(mapping, scenario, draft.answers, facts, circumstances(draft, facts, day))


def circumstances(draft: Draft, facts: Facts, day: date) -> Circumstances:
    author = draft.author
    slack = facts.slack_person(author.email) if author.email else None
    slack_id = (slack.value or {}).get("id", "") if slack and slack.known else ""
    return Circumstances(
        author=Author(author.get_full_name() or author.username, author.email, slack_id),
        day=day,
        since=draft.created_at,
        thread=thread_of(draft.instance, draft.ticket_id),
        edits=tuple(draft.edits.items()),
        restricted=is_restricted(draft.instance),
    )


def thread_of(instance: str, ticket_id: int) -> Thread | None:
    """The newest delivered Slack message of ours about the ticket; a thread starts at the first message of its place."""
    row = (
        Delivery.objects.filter(
            system="slack",
            state="delivered",
            escalation__instance=instance,
            escalation__ticket_id=ticket_id,
            escalation__sample=False,
        )
        .order_by("pk")
        .values_list("remote_id", "place")
        .first()
    )
    if row is None or ":" not in row[0]:
        return None
    channel, ts = row[0].split(":", 1)
    return Thread(channel, ts, row[1].get("label", "Slack"))

"""One trip of the look-up, from the click to the stored facts: read outside any transaction, then record."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from escalations.actions import wizard
from escalations.gateways.base import Deadline, DeliveryError
from escalations.models.facts import facts_of
from escalations.models.planning import is_restricted
from escalations.reading import draft_page, lookups

TRIPS = draft_page.TRIPS


def look_up(draft, trip: str, gateways, *, revision: int | None) -> datetime | None:
    """Make one trip and store what it brought; the instant as of which `draft` is what is stored.

    None when a newer look-up has begun meanwhile: nothing is stored then.

    `revision` None starts a new look-up with a fresh budget; otherwise the trip continues the one of that number, unless
    its budget was spent long ago: the browser was closed meanwhile.
    """
    if revision is None or (revision == draft.revision and _spent(draft) >= settings.LOOKUP_BUDGET_SECONDS):
        revision = wizard.begin_look_up(draft, now=timezone.now())
    facts = _read(draft, trip, gateways, _remaining(draft))
    if not wizard.record_facts(draft, revision=revision, facts=facts, now=timezone.now()):
        return None
    as_of = timezone.now()
    wizard.catch_up(draft)
    if trip in ("ticket", "account"):
        _suggest(draft)
    return as_of


def look_up_all(draft, gateways, *, start: str = "ticket") -> None:
    """The whole chain within one budget: the answer to a form step without JavaScript, and to stale facts before Send."""
    revision = wizard.begin_look_up(draft, now=timezone.now())
    for trip in TRIPS[TRIPS.index(start) :]:
        if not look_up(draft, trip, gateways, revision=revision):
            return


def join(draft, channel: str, gateways, *, by) -> str:
    """Let the portal's bot join a public channel and read it anew; what Slack said against it, or "".

    No message: nothing of the escalation leaves, and doing it twice is doing it once.
    """
    wizard.ask_to_join(draft, channel=channel, by=by, now=timezone.now())
    deadline = Deadline(settings.LOOKUP_BUDGET_SECONDS)
    try:
        gateways.slack.join(channel, deadline=deadline)
    except DeliveryError as refused:
        return f"{refused.text} Somebody who is in the channel can invite the portal. Your draft is as it was."
    seen = lookups.read_channel(gateways, channel, deadline, is_restricted(draft.instance))
    wizard.record_facts(draft, revision=draft.revision, facts=seen, now=timezone.now())
    wizard.catch_up(draft)
    return ""


def go_on_without(draft, trip: str) -> None:
    """What is still under way is dropped when it arrives; the gap is recorded as the engineer's own decision."""
    revision = wizard.begin_look_up(draft, now=timezone.now())
    wizard.record_facts(draft, revision=revision, facts=lookups.skipped(trip), now=timezone.now())
    wizard.catch_up(draft)
    _suggest(draft)


def instances_of(gateways, ticket_id: int) -> list[str]:
    """The Zendesk instances that have a ticket of this number."""
    deadline = Deadline(settings.LOOKUP_BUDGET_SECONDS / 3)
    return lookups.instances_of(gateways, list(settings.ZENDESK_INSTANCES), ticket_id, deadline)


def _read(draft, trip: str, gateways, deadline: Deadline):
    if trip == "ticket":
        return lookups.read_ticket(gateways, draft.instance, draft.ticket_id, deadline)
    facts, restricted = facts_of(draft), is_restricted(draft.instance)
    if trip == "account":
        return lookups.read_account(gateways, facts, deadline, restricted)
    return lookups.read_people(gateways, draft_page.in_force().mapping, facts, draft.author.email, deadline, restricted)


def _remaining(draft) -> Deadline:
    return Deadline(max(0.2, settings.LOOKUP_BUDGET_SECONDS - _spent(draft)))


def _spent(draft) -> float:
    """Seconds since the look-up began; a draft that comes back after a closed lid begins a new one."""
    return (timezone.now() - draft.looked_up_at).total_seconds() if draft.looked_up_at else float("inf")


def _suggest(draft) -> None:
    """Select what the facts decide, unless somebody has chosen already; keep the order of the cards from now on."""
    facts, now = facts_of(draft), timezone.now()
    if not facts.ticket:
        return
    card, keys = draft_page.suggestion(facts, day=now.date())
    wizard.keep_card_order(draft, keys=keys, now=now)
    if card and not draft.scenario_key:
        wizard.choose(draft, scenario_key=card.scenario.key, by_facts=True, now=now)

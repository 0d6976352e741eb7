"""One trip of the look-up, from the click to the stored facts: read outside any transaction, then record."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from escalations.actions import snapshots, wizard
from escalations.gateways.base import Deadline, DeliveryError
from escalations.models.facts import facts_of
from escalations.models.planning import is_restricted
from escalations.models.said import corrections_as_a_fact
from escalations.reading import draft_page, lines, lookups, memory
from escalations.rules.facts import Facts, Seen

TRIPS = lines.TRIPS
SAID_SINCE = "somebody has said since who is to be told here"
ENDED_SINCE = "what was said of these people has ended"  # its last day is over, or it was taken back


def look_up(draft, trip: str, gateways, *, revision: int | None) -> datetime | None:
    """Make one trip and store what it brought; the instant as of which `draft` is what is stored.

    None when a newer look-up has begun meanwhile: nothing is stored then.

    `revision` None starts a new look-up with a fresh budget; otherwise the trip continues the one of that number, unless
    its budget was spent long ago: the browser was closed meanwhile.
    """
    if revision is None or (revision == draft.revision and _spent(draft) >= settings.LOOKUP_BUDGET_SECONDS):
        revision = snapshots.begin_look_up(draft, now=timezone.now())
    facts = facts_of(draft)
    seen = _read(draft, trip, facts, gateways, _remaining(draft), _remembered(draft, trip, facts))
    if not snapshots.record(draft, revision=revision, facts=seen, now=timezone.now()):
        return None
    as_of = timezone.now()
    wizard.catch_up(draft)
    if trip in ("ticket", "account"):
        _suggest(draft, facts.having(seen))
    return as_of


def look_up_all(draft, gateways, *, start: str = "ticket") -> bool:
    """The whole chain within one budget: the answer to a form step without JavaScript, and to stale facts before Send.

    False when a newer look-up has begun meanwhile: what is stored is then older than it, and that one goes on.
    """
    revision = snapshots.begin_look_up(draft, now=timezone.now())
    return all(look_up(draft, trip, gateways, revision=revision) for trip in TRIPS[TRIPS.index(start) :])


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
    snapshots.record(draft, revision=draft.revision, facts=seen, now=timezone.now())
    wizard.catch_up(draft)
    return ""


def go_on_without(draft, trip: str, gateways) -> None:
    """What is still under way is dropped when it arrives; the gap is recorded as the engineer's own decision."""
    revision = snapshots.begin_look_up(draft, now=timezone.now())
    facts = facts_of(draft)
    skipped = _read(draft, trip, facts, gateways, Deadline(0), memory.skipped)
    snapshots.record(draft, revision=revision, facts=skipped, now=timezone.now())
    wizard.catch_up(draft)
    _suggest(draft, facts.having(skipped))


def instances_of(gateways, numbers: list[int]) -> dict[int, list[str]]:
    """The Zendesk instances that have a ticket of each number."""
    deadline = Deadline(settings.LOOKUP_BUDGET_SECONDS / 3)
    return lookups.instances_of(gateways, list(settings.ZENDESK_INSTANCES), numbers, deadline)


def colleague(gateways, email: str) -> Seen:
    """Whoever Slack knows by this address; not known when Slack could not be asked."""
    return lookups.read_colleague(gateways, email, Deadline(settings.LOOKUP_BUDGET_SECONDS / 2))


def _read(draft, trip: str, facts: Facts, gateways, deadline: Deadline, remembered: memory.Remembered) -> list[Seen]:
    """The trip's values; where a service does not answer, what it said last."""
    restricted = is_restricted(draft.instance)
    if trip == "ticket":
        seen = lookups.read_ticket(gateways, draft.instance, draft.ticket_id, deadline, remembered)
        return _or_last_known(draft, facts, seen)
    if trip == "account":
        seen = lookups.read_account(gateways, facts, deadline, restricted, remembered)
        return _with_corrections(facts, _or_last_known(draft, facts, seen), restricted)
    said = corrections_as_a_fact(facts, now=timezone.now(), restricted=restricted)
    mapping, email, facts = draft_page.in_force().mapping, draft.author.email, facts.having([said])
    ids_of = memory.no_ids if remembered is memory.skipped else memory.slack_ids
    seen = lookups.read_people(gateways, mapping, facts, email, deadline, restricted, remembered, ids_of)
    seen = _or_last_known(draft, facts, seen)
    return [said, *seen, lookups.summary(seen, facts, email)]


def _remembered(draft, trip: str, facts: Facts) -> memory.Remembered:
    """A first look asks for nothing that was read a moment ago; who looks again wants it anew."""
    if trip == "ticket" or facts.get(*lines.READ_BY[trip]):
        return memory.nothing
    return memory.fresh(draft, facts.account_id, now=timezone.now())


def _or_last_known(draft, facts: Facts, seen: list[Seen]) -> list[Seen]:
    return memory.last_known(draft, facts, seen, account=facts.account_id, now=timezone.now())


def _with_corrections(facts: Facts, seen: list[Seen], restricted: bool) -> list[Seen]:
    """What was said of the account and its people counts even where nobody can be asked for them."""
    return [*seen, corrections_as_a_fact(facts.having(seen), now=timezone.now(), restricted=restricted)]


def read_corrections(draft, gateways) -> bool:
    """What was said since the last look: nobody is told who refused a minute ago, and whom it names is looked up.

    False when another look-up has overtaken this one.
    """
    return not said_since(draft, facts_of(draft)) or look_up_all(draft, gateways, start="people")


def if_said_since(draft, page: draft_page.DraftPage, *, by) -> draft_page.DraftPage:
    """The author's page, about to look again by itself where what it shows is no longer whom one would tell."""
    due = draft.is_live and draft.author_id == by.pk and page.line("people").settled
    because = said_since(draft, page.facts) if due else ""
    return page.while_looking("people", because) if because else page


def said_since(draft, facts: Facts) -> str:
    """Whether something was said of the account or its people since `facts` were read, or what was said has only ended, in words; "" for neither."""
    now = corrections_as_a_fact(facts, now=timezone.now(), restricted=is_restricted(draft.instance)).value
    then = facts.value("portal", "corrections") or []
    if now == then:
        return ""
    return SAID_SINCE if {said["key"] for said in now} - {said.get("key") for said in then} else ENDED_SINCE


def _remaining(draft) -> Deadline:
    return Deadline(max(0.2, settings.LOOKUP_BUDGET_SECONDS - _spent(draft)))


def _spent(draft) -> float:
    """Seconds since the look-up began; a draft that comes back after a closed lid begins a new one."""
    return (timezone.now() - draft.looked_up_at).total_seconds() if draft.looked_up_at else float("inf")


def _suggest(draft, facts: Facts) -> None:
    """Select what the facts decide, unless somebody has chosen already; keep the order of the cards from now on."""
    now = timezone.now()
    if not facts.ticket:
        return
    card, keys = draft_page.suggestion(facts, day=now.date())
    wizard.keep_card_order(draft, keys=keys, now=now)
    if card and not draft.scenario_key:
        wizard.choose(draft, scenario_key=card.scenario.key, by_facts=True, now=now)

"""Asking Zendesk, Salesforce and Slack for the facts of a draft: three dependent trips, each parallel in itself."""

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from functools import partial
from threading import Lock
from typing import Any

from django.utils import timezone

from escalations.gateways.base import Deadline, LookupFailed
from escalations.rules import pauses
from escalations.rules.contacts import people_to_look_up
from escalations.rules.facts import Facts, Seen, clean
from escalations.rules.mapping import Mapping
from escalations.rules.names import name_key
from escalations.rules.places import channels_to_look_up, channels_to_mention_in
from escalations.rules.reachable import away_word
from escalations.rules.salesforce_ids import account_id
from escalations.rules.sources import names_to_look_up

from .memory import Remembered, no_ids, nothing

log = logging.getLogger("escalations.lookups")
ORDINARY = ("not_found", "deleted")  # an answer, not a failure
NO_SUCH = ("not_found",)
# The lines of the page, in the order of the trips; each depends on the one before.
TRIPS = ("ticket", "account", "people")
# What only makes the review surer (the rows' channels, who is in which channel) holds up the people no longer than this.
PREFLIGHT_SECONDS = 3.0


def read_ticket(
    gateways, instance: str, ticket_id: int, deadline: Deadline, remembered: Remembered = nothing
) -> list[Seen]:
    """Trip 1: the ticket with its organization, and the latest comments."""
    zendesk = partial(_ask_zendesk, gateways, instance, deadline)
    return _together(
        [
            ("zendesk", "ticket", partial(zendesk, "ticket", ticket_id)),
            ("zendesk", "comments", partial(zendesk, "comments", ticket_id)),
        ],
        remembered,
    )


def instances_of(gateways, instances: list[str], numbers: Iterable[int], deadline: Deadline) -> dict[int, list[str]]:
    """Of each number the instances that have such a ticket, or could not say; all are asked at once, and nothing else of them is kept."""
    asked = {(name, f"ticket:{number}"): number for number in numbers for name in instances}
    calls = [(*call, partial(_ask_zendesk, gateways, call[0], deadline, "ticket", number)) for call, number in asked.items()]
    found: dict[int, list[str]] = {number: [] for number in asked.values()}
    for seen in _together(calls):
        if seen.error not in ORDINARY:
            found[asked[seen.source, seen.key]].append(seen.source)
    return found


def read_account(
    gateways, facts: Facts, deadline: Deadline, restricted: bool = False, remembered: Remembered = nothing
) -> list[Seen]:
    """Trip 2: the Salesforce account that the organization names, or an engineer chose. `remembered` is not asked for.

    Where none is named, or Salesforce has it no more: the accounts that it may be. Of a restricted ticket nothing is searched for.
    """
    seen = _account(gateways, facts, deadline, restricted, remembered)
    if not facts.ticket or restricted or (seen and seen.error not in NO_SUCH):
        return [seen] if seen else []
    name = facts.ticket.organization.name if facts.ticket.organization else ""
    look = partial(gateways.salesforce.accounts, domain=facts.ticket.domain, name=name, deadline=deadline)
    return [*([seen] if seen else []), *_together([("salesforce", "accounts", look)], remembered)]


def _account(gateways, facts: Facts, deadline: Deadline, restricted: bool, remembered: Remembered) -> Seen | None:
    """None when no account is named; an answer of its own when what Zendesk names cannot be an account."""
    ticket = facts.ticket
    linked = facts.account_id or (ticket.organization.linked if ticket and ticket.organization else "")
    if not linked:
        return None
    try:
        wanted = account_id(linked)
    except ValueError as problem:
        said = f"Zendesk names the account “{linked[:20]}”: {problem}"
        return Seen("salesforce", "account", None, timezone.now(), "not_found", said)
    call = ("salesforce", "account", partial(gateways.salesforce.account, wanted, deadline=deadline))
    [seen] = _together([call], remembered)
    return _stripped(seen) if restricted and seen.value else seen


def read_people(
    gateways, mapping: Mapping, facts: Facts, author_email: str, deadline: Deadline, restricted: bool = False,
    remembered: Remembered = nothing, ids_of: Callable[[list[str]], set[str]] = no_ids,
) -> list[Seen]:
    """Trip 3: everybody a role could end at, in Slack and Zendesk, the author, and the channels with who is in them.

    At most three requests a person and one a channel; of channels beyond that nobody knows who is in them. A CSM who is only a name
    costs the list of everybody in Slack, once, and not of a restricted ticket. What is `remembered` is not asked for. Whose
    notifications are paused is asked by Slack id: at once of those whom `ids_of` knows by address, of others when Slack has said who
    they are; the author is among them because Slack wants more than one. The trip's own line is `summary` of all this.
    """
    ticket, customer = facts.ticket, facts.customer
    people = people_to_look_up(mapping, facts)
    emails = dict.fromkeys([*(person.email for person in people), *([author_email] if author_email else [])])
    calls = []
    for email in emails:
        calls.append(("slack", f"person:{email.lower()}", partial(gateways.slack.person, email, deadline=deadline)))
    if ticket:
        zendesk = partial(_ask_zendesk, gateways, ticket.instance, deadline, "person")
        calls += [("zendesk", f"person:{person.email.lower()}", partial(zendesk, person.email)) for person in people]
    soon = Deadline(min(PREFLIGHT_SECONDS, deadline.remaining))
    spare = 3 * len(emails) - len(calls) - (1 if people else 0)
    known = sorted(ids_of(list(emails))) if people else []
    if people:  # of fewer than two Slack tells nothing: then only what is remembered counts for now
        calls.append(_pauses(gateways, known, soon) if len(known) > 1 else ("slack", pauses.KEY, dict))
    calls += [] if restricted else _names(gateways, names_to_look_up(mapping, facts), deadline)
    own = customer.channel_id if customer else ""
    for channel in channels_to_look_up(mapping, facts) if ticket else ():
        look = partial(gateways.slack.channel, channel, deadline=deadline if channel == own else soon)
        calls.append(("slack", f"channel:{channel}", look))
    for channel in channels_to_mention_in(mapping, facts)[:spare] if people else ():
        calls.append(("slack", f"members:{channel}", partial(gateways.slack.members, channel, deadline=soon)))
    answers = _only_those_asked_for(_together(calls, remembered))
    answers = _of_everybody(answers, known, [person.email for person in people], author_email, lambda ids: _pauses(gateways, ids, soon))
    return [_wordless(_nameless(seen), mapping) if restricted else seen for seen in answers]


def _pauses(gateways, ids: list[str], deadline: Deadline) -> tuple[str, str, Callable[[], Any]]:
    return "slack", pauses.KEY, partial(gateways.slack.pauses, ids, deadline=deadline)


def _of_everybody(answers: list[Seen], asked: list[str], people: list[str], author: str, look: Callable) -> list[Seen]:
    """The pauses of all who were found, with another request where somebody among them was not asked after."""
    seen = Facts.of(answers)
    ids = {email: value["id"] for email in (*people, author) if (value := seen.value("slack", f"person:{email.lower()}"))}
    told = seen.get("slack", pauses.KEY)
    if {ids[email] for email in people if email in ids} <= set((told.value or {}) if told and told.known else asked):
        return answers
    return [*(item for item in answers if item is not told), *_together([look(sorted(set(ids.values())))])]


def _names(gateways, names: tuple[str, ...], deadline: Deadline) -> list[tuple[str, str, Callable[[], Any]]]:
    """The calls for these names; whichever comes first reads the list for all of them."""
    keys, lock, read = [name_key(name) for name in names], Lock(), []

    def people(key: str) -> list[dict]:
        with lock:
            if not read:
                read.append(gateways.slack.named(keys, name_key, deadline=deadline))
        return read[0][key]

    return [("slack", f"name:{key}", partial(people, key)) for key in keys]


def read_channel(gateways, channel_id: str, deadline: Deadline, restricted: bool = False) -> list[Seen]:
    """One channel anew, after it was changed."""
    look = partial(gateways.slack.channel, channel_id, deadline=deadline)
    answers = _together([("slack", f"channel:{channel_id}", look)])
    return [_nameless(seen) if restricted else seen for seen in answers]


def _only_those_asked_for(answers: list[Seen]) -> list[Seen]:
    """Of a channel's members only whether each person of the same trip is there; who else is, is nobody's business."""
    ids = [seen.value["id"] for seen in answers if seen.source == "slack" and seen.key.startswith("person:") and seen.value]
    return [
        replace(seen, value=_present(ids, seen.value)) if seen.known and seen.key.startswith("members:") else seen
        for seen in answers
    ]


def _present(ids: list[str], read: tuple[frozenset[str], bool] | dict | None) -> dict[str, bool | None]:
    """True, False, or None where the list was not to be had or ended before all were read; what is remembered is a dict already."""
    if isinstance(read, dict):
        return {slack_id: read.get(slack_id) for slack_id in ids}
    found, whole = read or (frozenset(), False)
    return {slack_id: True if slack_id in found else False if whole else None for slack_id in ids}


def read_colleague(gateways, email: str, deadline: Deadline) -> Seen:
    """Whoever Slack knows by this address, such as somebody named in a correction."""
    [seen] = _together([("slack", f"person:{email.lower()}", partial(gateways.slack.person, email, deadline=deadline))])
    return seen


def _ask_zendesk(gateways, instance: str, deadline: Deadline, what: str, about):
    """One read of an instance; one that was taken out of the settings later gives no value, like any other failure."""
    try:
        zendesk = gateways.zendesk(instance)
    except KeyError:
        raise LookupFailed("zendesk", "disconnected") from None
    return getattr(zendesk, what)(about, deadline=deadline)


def _nameless(seen: Seen) -> Seen:
    """A channel's name may name the customer."""
    return replace(seen, value={**seen.value, "name": ""}) if seen.key.startswith("channel:") and seen.value else seen


def _wordless(seen: Seen, mapping: Mapping) -> Seen:
    """What somebody writes beside their name in Slack may speak of the customer: only that it says "away" is kept."""
    if seen.source != "slack" or not seen.key.startswith("person:") or not seen.value:
        return seen
    return replace(seen, value={**seen.value, "status_emoji": "", "status_text": away_word(mapping, seen.value)})


def summary(answers: list[Seen], facts: Facts, author_email: str = "") -> Seen:
    """Trip 3 as one value: how many people beside the author Slack knows, or the first thing that went wrong with them or the account's channel.

    As old as the oldest of it.
    """
    own = f"channel:{facts.customer.channel_id}" if facts.customer else ""
    people = [seen for seen in answers if seen.source == "slack" and seen.key.startswith("person:")]
    needed = people + [seen for seen in answers if seen.key == own]
    wrong = next((seen for seen in needed if not seen.known), None)
    if wrong:
        return Seen("slack", "people", None, wrong.seen_at, wrong.error, wrong.detail)
    found = sum(1 for seen in people if seen.value and seen.key != f"person:{author_email.lower()}")
    value, at = {"found": found}, min((seen.seen_at for seen in needed), default=timezone.now())
    stale = next((seen for seen in needed if seen.stale), None)
    return replace(stale, source="slack", key="people", value=value, seen_at=at) if stale else Seen("slack", "people", value, at)


def _stripped(seen: Seen) -> Seen:
    """Of a restricted ticket's account only its id, link and the employees' names are kept, in their order."""
    value = {**seen.value, "name": "", "type": "", "region": ""}
    value["opportunities"] = [{**item, "name": "", "stage": "", "close_on": ""} for item in value.get("opportunities") or []]
    return replace(seen, value=value)


def _together(calls: list[tuple[str, str, Callable[[], Any]]], remembered: Remembered = nothing) -> list[Seen]:
    """The answers in the order of the calls; what is remembered is not asked for."""
    held = remembered([(source, key) for source, key, _ in calls]) if calls else {}
    due = [call for call in calls if call[:2] not in held]
    if due:
        with ThreadPoolExecutor(max_workers=len(due)) as pool:
            asked = {call[:2]: pool.submit(copy_context().run, _one, *call) for call in due}  # the request's id goes along
        held |= {key: one.result() for key, one in asked.items()}
    return [held[call[:2]] for call in calls]


def _one(source: str, key: str, call: Callable[[], Any]) -> Seen:
    try:
        value = call()
    except LookupFailed as failure:
        level = logging.INFO if failure.code in ORDINARY else logging.WARNING
        said = {"service": source, "what": key.partition(":")[0], "code": failure.code}
        log.log(level, "look-up without an answer", extra=said)
        return Seen(source, key, None, timezone.now(), failure.code, failure.detail)
    return Seen(source, key, clean(value), timezone.now())

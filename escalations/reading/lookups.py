"""Asking Zendesk, Salesforce and Slack for the facts of a draft: three dependent trips, each parallel in itself."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from functools import partial
from typing import Any

from django.utils import timezone

from escalations.gateways.base import Deadline, LookupFailed
from escalations.rules.contacts import people_to_look_up
from escalations.rules.facts import Facts, Seen, clean
from escalations.rules.mapping import Mapping
from escalations.rules.salesforce_ids import account_id

log = logging.getLogger("escalations.lookups")
ORDINARY = ("not_found", "deleted")  # an answer, not a failure
# The lines of the page, in the order of the trips; each depends on the one before.
TRIPS = ("ticket", "account", "people")
SOURCES = {"ticket": "zendesk", "account": "salesforce", "people": "slack"}


def read_ticket(gateways, instance: str, ticket_id: int, deadline: Deadline) -> list[Seen]:
    """Trip 1: the ticket with its organization, and the latest comments."""
    zendesk = partial(_ask_zendesk, gateways, instance, deadline)
    return _together(
        [
            ("zendesk", "ticket", partial(zendesk, "ticket", ticket_id)),
            ("zendesk", "comments", partial(zendesk, "comments", ticket_id)),
        ]
    )


def instances_of(gateways, instances: list[str], ticket_id: int, deadline: Deadline) -> list[str]:
    """The instances that have a ticket of this number, or could not say; nothing else of it is kept."""
    calls = [
        (name, "ticket", partial(_ask_zendesk, gateways, name, deadline, "ticket", ticket_id)) for name in instances
    ]
    return [seen.source for seen in _together(calls) if seen.error not in ORDINARY]


def read_account(gateways, facts: Facts, deadline: Deadline, restricted: bool = False) -> list[Seen]:
    """Trip 2: the Salesforce account that the organization names; nothing when it names none."""
    ticket = facts.ticket
    linked = ticket.organization.linked if ticket and ticket.organization else ""
    if not linked:
        return []
    try:
        wanted = account_id(linked)
    except ValueError as problem:
        return [
            Seen(
                "salesforce",
                "account",
                None,
                timezone.now(),
                "not_found",
                f"Zendesk names the account “{linked[:20]}”: {problem}",
            )
        ]
    [seen] = _together([("salesforce", "account", partial(gateways.salesforce.account, wanted, deadline=deadline))])
    return [_stripped(seen)] if restricted and seen.value else [seen]


def read_people(
    gateways, mapping: Mapping, facts: Facts, author_email: str, deadline: Deadline, restricted: bool = False
) -> list[Seen]:
    """Trip 3: everybody a role could end at, in Slack and Zendesk, the author, and the account's own channel."""
    ticket, customer = facts.ticket, facts.customer
    people = people_to_look_up(mapping, facts)
    calls = []
    for email in dict.fromkeys([*(person.email for person in people), *([author_email] if author_email else [])]):
        calls.append(("slack", f"person:{email.lower()}", partial(gateways.slack.person, email, deadline=deadline)))
    if ticket:
        zendesk = partial(_ask_zendesk, gateways, ticket.instance, deadline, "person")
        calls += [("zendesk", f"person:{person.email.lower()}", partial(zendesk, person.email)) for person in people]
    if customer and customer.channel_id:
        look = partial(gateways.slack.channel, customer.channel_id, deadline=deadline)
        calls.append(("slack", f"channel:{customer.channel_id}", look))
    answers = [_nameless(seen) if restricted else seen for seen in _together(calls)]
    return [*answers, _summary(answers)]


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


def _summary(answers: list[Seen]) -> Seen:
    """The trip as one value: how many people Slack knows, or the first thing that went wrong."""
    wrong = next((seen for seen in answers if not seen.known and seen.source == "slack"), None)
    found = sum(1 for seen in answers if seen.source == "slack" and seen.key.startswith("person:") and seen.value)
    if wrong:
        return Seen("slack", "people", None, wrong.seen_at, wrong.error, wrong.detail)
    return Seen("slack", "people", {"found": found}, timezone.now())


def skipped(trip: str) -> list[Seen]:
    """What "Go on without" leaves behind: an answer that says so, never a gap."""
    return [Seen(SOURCES[trip], trip, None, timezone.now(), "skipped")]


def _stripped(seen: Seen) -> Seen:
    """Of a restricted ticket's account only its id, link and the employees' names are kept."""
    value = {**seen.value, "name": "", "type": "", "region": ""}
    value["opportunities"] = [{**item, "name": ""} for item in value.get("opportunities") or []]
    return replace(seen, value=value)


def _together(calls: list[tuple[str, str, Callable[[], Any]]]) -> list[Seen]:
    if not calls:
        return []
    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        asked = [pool.submit(copy_context().run, _one, *call) for call in calls]  # the request's id goes along
    return [one.result() for one in asked]


def _one(source: str, key: str, call: Callable[[], Any]) -> Seen:
    try:
        value = call()
    except LookupFailed as failure:
        level = logging.INFO if failure.code in ORDINARY else logging.WARNING
        said = {"service": source, "what": key.partition(":")[0], "code": failure.code}
        log.log(level, "look-up without an answer", extra=said)
        return Seen(source, key, None, timezone.now(), failure.code, failure.detail)
    return Seen(source, key, clean(value), timezone.now())

"""Where a dead letter could go instead: another channel of the mapping, or another ticket of the same customer."""

from collections.abc import Iterator

from escalations.gateways.base import Deadline
from escalations.models import Delivery
from escalations.models.active import active
from escalations.models.delivery import WITHDRAWAL
from escalations.models.facts import facts_from_json
from escalations.models.planning import ticket_hosts
from escalations.models.said import is_stopped
from escalations.rules.facts import TicketFacts
from escalations.rules.tickets import NotATicket, read_ticket

from . import lookups


class CannotTakeIt(Exception):
    """The ticket cannot have the note; the text says why, and what to do."""


def targets_of(delivery: Delivery) -> dict[str, str]:
    """Where a dead message could go instead: channel id -> #name."""
    return dict(channels(delivery, taken_places([delivery])))


def taken_places(rows: list[Delivery]) -> set[tuple[int, str, str]]:
    """The places that these escalations have a delivery to already."""
    own = Delivery.objects.filter(escalation__in=[row.escalation_id for row in rows], system="slack")
    return set(own.values_list("escalation_id", "purpose", "target"))


def channels(row: Delivery, taken: set) -> Iterator[tuple[str, str]]:
    """The channels of the mapping, first those that the escalation's own scenario uses."""
    if row.system != "slack" or not _can_go_elsewhere(row):
        return
    mapping = active().mapping
    scenario = mapping.scenario(row.escalation.scenario_key)
    near = {leg.channel for leg in scenario.legs} if scenario else set()
    for channel in sorted(mapping.channels, key=lambda channel: (channel.key not in near, channel.name)):
        if channel.slack_id and (row.escalation_id, row.purpose, channel.slack_id) not in taken:
            yield channel.slack_id, f"#{channel.name}"


def takes_a_ticket(row: Delivery) -> bool:
    """Whether it is a note that may go to another ticket: the follow-up of a closed one, the one it was merged into."""
    return row.system == "zendesk" and _can_go_elsewhere(row)


def other_ticket(delivery: Delivery, pasted: str, gateways, *, seconds: float) -> tuple[str, str]:
    """(target, label) of another ticket for the note. Reads it, within `seconds`; raises CannotTakeIt.

    It has to belong to the same organization: a note about one customer never stands on a ticket of another.
    """
    own = delivery.escalation
    try:
        number = read_ticket(pasted, ticket_hosts(), own.instance)
    except NotATicket as wrong:
        raise CannotTakeIt(str(wrong)) from None
    if number.instance != own.instance:
        raise CannotTakeIt("That ticket is in the other Zendesk instance; a note does not change the instance.")
    if number.id == own.ticket_id:
        raise CannotTakeIt(f"Ticket {number.id} is the one that did not take it. Press Send again to try it once more.")
    ticket = _read(gateways, number.instance, number.id, Deadline(seconds))
    if ticket.state == "closed":
        raise CannotTakeIt(f"Ticket {number.id} is closed as well, and takes no notes. Its follow-up ticket would.")
    if not _same_customer(ticket, facts_from_json(own.facts).ticket):
        raise CannotTakeIt(f"Ticket {number.id} belongs to another organization, or to none, so the note is not put there.")
    return f"{number.instance}:{number.id}", f"ticket {number.id}"


def _can_go_elsewhere(row: Delivery) -> bool:
    return row.state == "dead" and not is_stopped(row) and row.purpose != WITHDRAWAL and not row.called_off


def _read(gateways, instance: str, number: int, deadline: Deadline) -> TicketFacts:
    seen = next(seen for seen in lookups.read_ticket(gateways, instance, number, deadline) if seen.key == "ticket")
    if not seen.known:
        raise CannotTakeIt(f"Ticket {number} could not be read, so nothing was sent: Zendesk {seen.trouble}.")
    return TicketFacts.read(seen.value)


def _same_customer(other: TicketFacts, own: TicketFacts | None) -> bool:
    mine, theirs = (ticket.organization if ticket else None for ticket in (own, other))
    if not mine or not theirs:
        return False
    return mine.id == theirs.id if mine.id else bool(mine.linked_id) and mine.linked_id == theirs.linked_id

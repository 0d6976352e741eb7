"""From a row's leg rules to planned legs: target and content exactly as the gateway gets them."""

from dataclasses import dataclass

from . import messages
from .author import Author
from .circumstances import Circumstances
from .contacts import Contact
from .facts import Facts, TicketFacts
from .flow import Flow
from .mapping import LegRule, Mapping, Scenario
from .places import Place, direct_message, find_place
from .problems import Check

# What an engineer may add to a row, kept among the answers. No question of a mapping can have this key: it is no slug.
DIRECT_MESSAGE = "direct message"


@dataclass(frozen=True)
class PlannedLeg:
    """One thing that will be sent: `target` and `content` are exactly what the gateway gets.

    zendesk: target = "instance:ticket", content {"body", "follower": email|None, "email_cc": zendesk user id|None}
    slack:   target = Place.target,      content {"text", "blocks"}
    `check`: what was looked at beforehand; it is shown, and neither sent nor kept. `may_cc`: whether a follower can be made a cc by
    hand, `cc_because` the reason with which somebody did.
    """

    key: str
    system: str
    purpose: str
    target: str
    place: Place
    visibility: str
    content: dict
    mentions: str = ""
    cc: str = ""
    note: str = ""
    people: tuple[tuple[str, str], ...] = ()
    check: Check | None = None
    may_cc: bool = False
    cc_because: str = ""

    @property
    def stored_place(self) -> dict:
        """The place as a delivery keeps it, with the names that its page shows."""
        place = self.place
        kept = {"kind": place.kind, "label": place.label, "note": place.note, "people": dict(self.people)}
        return {**kept, "direct": True} if place.direct else kept


def plan_legs(
    mapping: Mapping,
    scenario: Scenario,
    flow: Flow,
    facts: Facts,
    contact: Contact,
    around: Circumstances,
    ticket: TicketFacts,
    parts: messages.Parts,
    direct_to: str = "",
    cc_because: str = "",
) -> tuple[PlannedLeg, ...]:
    """One leg a rule that the answers let in; a leg without a target has found no place.

    `direct_to` is whom the engineer wants to tell directly as well, by Slack id; it counts while they are who is mentioned.
    `cc_because` is why a follower is made a cc by hand, where that is possible.
    """
    rules = _let_in(scenario, flow)
    legs = [_slack_leg(rule, mapping, facts, contact, around, parts) for rule in rules if rule.system == "slack"]
    place = direct_message(contact, around.author)
    wanted = direct_to and direct_to == contact.slack_id and any(leg.mentions for leg in legs)
    if wanted and isinstance(place, Place) and not any(leg.place.direct for leg in legs):
        legs.append(_message(DIRECT_MESSAGE, place, contact.slack_id, contact, around, parts))
    told = any(_reaches(leg, facts, contact) for leg in legs)
    # Slack first, before and after sending: it is what the person reads first.
    legs += [_zendesk_leg(rule, ticket, contact, around, parts, cc_because, told) for rule in rules if rule.system == "zendesk"]
    return _one_a_place(tuple(legs))


def _reaches(leg: PlannedLeg, facts: Facts, contact: Contact) -> bool:
    """Whether Slack tells the person, as far as is known: a mention in a channel in which they are not does not."""
    mentioned = leg.mentions and leg.place
    return bool(mentioned) and (leg.place.direct or facts.is_member(leg.place.channel_id, contact.slack_id) is not False)


def goes_on(mapping: Mapping, scenario: Scenario, flow: Flow, facts: Facts, contact: Contact, around: Circumstances) -> bool:
    """Whether the row goes to the earlier thread: to be joined it has to."""
    rules = [rule for rule in _let_in(scenario, flow) if rule.system == "slack"]
    places = (find_place(rule, mapping, facts, contact, around.author, around.thread) for rule in rules)
    return any(place.kind == "thread" for place in places)


def _let_in(scenario: Scenario, flow: Flow) -> list[LegRule]:
    """The rules that the answers let in."""
    return [rule for rule in scenario.legs if rule.only_if is None or flow.answers.get(rule.only_if[0]) == rule.only_if[1]]


def _one_a_place(legs: tuple[PlannedLeg, ...]) -> tuple[PlannedLeg, ...]:
    """Two rules that end in the same place are one message: the one that mentions somebody, else the first."""
    kept: dict[tuple[str, str], PlannedLeg] = {}
    for leg in legs:
        place = (leg.system, leg.target or leg.key)
        if place not in kept or (leg.mentions and not kept[place].mentions):
            kept[place] = leg
    return tuple(kept.values())


def _slack_leg(
    rule: LegRule, mapping: Mapping, facts: Facts, contact: Contact, around: Circumstances, parts: messages.Parts
) -> PlannedLeg:
    place = find_place(rule, mapping, facts, contact, around.author, around.thread)
    mention = contact.slack_id if rule.mention == "contact" else ""
    return _message(rule.key, place, mention, contact, around, parts)


def _message(
    key: str, place: Place, mention: str, contact: Contact, around: Circumstances, parts: messages.Parts
) -> PlannedLeg:
    content = messages.slack_message(parts, mention, around.author.slack_id)
    return PlannedLeg(
        key, "slack", "post", place.target, place, "internal", content,
        mentions=contact.name if mention else "", people=_people(contact, around.author),
    )  # fmt: skip


def _people(contact: Contact, author: Author) -> tuple[tuple[str, str], ...]:
    """The Slack ids that a message may name, with the names a page shows for them."""
    named = ((contact.slack_id, contact.name), (author.slack_id, author.name))
    return tuple(pair for pair in named if pair[0])


def _zendesk_leg(
    rule: LegRule, ticket: TicketFacts, contact: Contact, around: Circumstances, parts: messages.Parts, cc_because: str, told: bool
) -> PlannedLeg:
    """`told`: whether a message in Slack mentions the person."""
    mode = "follower" if rule.cc_mode == "email_cc" and around.restricted else rule.cc_mode
    employee = contact.zendesk_id is not None and contact.zendesk_role in ("agent", "admin")
    may_cc = mode == "follower" and employee and contact.zendesk_active and not around.restricted and not ticket.unread
    by_hand = cc_because if may_cc else ""
    mode = "email_cc" if by_hand else mode
    note = ""
    if mode != "none" and not (employee and contact.zendesk_active and (mode == "email_cc" or contact.may_follow is not False)):
        mode, note = "none", "" if ticket.unread else _why_no_cc(contact, told)
    content = messages.zendesk_note(parts)
    content["follower"] = contact.person.email if mode == "follower" else None
    content["email_cc"] = contact.zendesk_id if mode == "email_cc" else None
    place = Place("ticket", f"{ticket.instance}:{ticket.id}", f"ticket {ticket.id}", "internal note")
    visibility = "customer" if mode == "email_cc" else "internal"
    return PlannedLeg(
        rule.key,
        "zendesk",
        "note",
        place.target,
        place,
        visibility,
        content,
        cc=mode if mode != "none" else "",
        note=note,
        may_cc=may_cc,
        cc_because=by_hand,
    )


def _why_no_cc(contact: Contact, told: bool) -> str:
    if not contact.person:
        if contact.withheld:
            return "Nobody is to be told: the note goes without."
        return "Who would be added could not be looked up: the note goes without." if contact.unread else "Nobody was found to add to the ticket: the note goes without."
    return f"{_not_added(contact)}{'; Slack tells them.' if told else ', and no message in Slack reaches them.'}"


def _not_added(contact: Contact) -> str:
    name, cannot = contact.name, "so they are not added and cannot read the note"
    if contact.zendesk_unread:
        return f"{contact.zendesk_unread}, so it is not known whether {name} has an agent account there: they are not added and may not be able to read the note"
    if contact.zendesk_id is None:
        return f"{name} has no agent account in Zendesk, {cannot}"
    if contact.zendesk_role == "end-user":
        return f"{name} is an end user in Zendesk, {cannot}"
    if not contact.zendesk_active:
        return f"{name}'s account in Zendesk is not active, {cannot}"
    return f"{name} may see only tickets assigned to them in Zendesk, so they are not added as follower and cannot read the note"

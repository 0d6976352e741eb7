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
        return {"kind": place.kind, "label": place.label, "note": place.note, "people": dict(self.people)}


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
    legs = []
    for rule in _let_in(scenario, flow):
        if rule.system == "zendesk":
            legs.append(_zendesk_leg(rule, ticket, contact, around, parts, cc_because))
        else:
            legs.append(_slack_leg(rule, mapping, facts, contact, around, parts))
    place = direct_message(contact, around.author)
    wanted = direct_to and direct_to == contact.slack_id and any(leg.mentions for leg in legs)
    if wanted and isinstance(place, Place) and not any(leg.place.direct for leg in legs):
        legs.append(_message(DIRECT_MESSAGE, place, contact.slack_id, contact, around, parts))
    return _in_order(_one_a_place(tuple(legs)))


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


def _in_order(legs: tuple[PlannedLeg, ...]) -> tuple[PlannedLeg, ...]:
    """Slack first, before and after sending: it is what the person reads first. Otherwise as the row has them."""
    return tuple(sorted(legs, key=lambda leg: leg.system != "slack"))


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
    rule: LegRule, ticket: TicketFacts, contact: Contact, around: Circumstances, parts: messages.Parts, cc_because: str
) -> PlannedLeg:
    mode = "follower" if rule.cc_mode == "email_cc" and around.restricted else rule.cc_mode
    employee = contact.zendesk_id is not None and contact.zendesk_role in ("agent", "admin")
    may_cc = mode == "follower" and employee and contact.zendesk_active and not around.restricted and not ticket.unread
    by_hand = cc_because if may_cc else ""
    mode = "email_cc" if by_hand else mode
    note = ""
    if mode != "none" and not (employee and contact.zendesk_active and (mode == "email_cc" or contact.may_follow is not False)):
        mode, note = "none", "" if ticket.unread else _why_no_cc(contact)
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


def _why_no_cc(contact: Contact) -> str:
    if not contact.person:
        if contact.withheld:
            return "Nobody is to be told: the note goes without."
        return f"Nobody {'could be looked up' if contact.unread else 'was found'} to add to the ticket: the note goes without."
    if contact.zendesk_role == "end-user":
        return f"{contact.name} is an end user in Zendesk, so they are not added and cannot read the note: Slack tells them."
    if contact.zendesk_id is not None and not contact.zendesk_active:
        return f"{contact.name}'s account in Zendesk is not active, so they are not added and cannot read the note: Slack tells them."
    if contact.zendesk_id is not None:
        return f"{contact.name} may see only tickets assigned to them in Zendesk, so they are not added as follower and cannot read the note: Slack tells them."
    return f"{contact.name} has no agent account in Zendesk (or it could not be read), so they are not added and cannot read the note: Slack tells them."

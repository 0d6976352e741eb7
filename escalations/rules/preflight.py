"""Pre-flight: one line a leg on whether what it needs is there, with the repair that the page offers.

Pure, and about the page alone: nothing of it is sent, kept or part of a plan's digest. What blocks is a problem of the plan.
"""

from dataclasses import replace

from .circumstances import Circumstances
from .contacts import Contact
from .facts import Facts, Seen
from .legs import DIRECT_MESSAGE, PlannedLeg
from .places import Place, direct_message
from .problems import Check, Repair

LOOK_AGAIN = Repair("look_again", "people", "Look again")


def checked(
    legs: tuple[PlannedLeg, ...], contact: Contact, facts: Facts, around: Circumstances
) -> tuple[PlannedLeg, ...]:
    """The legs, each with its line; none has one while the ticket cannot be read, nor before the people were looked up."""
    if facts.ticket is None or facts.get("slack", "people") is None:
        return legs
    directly = any(leg.place.direct for leg in legs)
    return _each_repair_once(
        tuple(replace(leg, check=_check(leg, contact, facts, around, directly)) for leg in legs)
    )


def join_repair(place: Place) -> Repair | None:
    """The way to the public channel that was passed over only because our bot is not in it."""
    return Repair("join", place.join[0], f"Let the portal join {place.join[1]}") if place.join else None


def _each_repair_once(legs: tuple[PlannedLeg, ...]) -> tuple[PlannedLeg, ...]:
    """What mends two legs at once is one button, on the first of them."""
    kept, offered = [], {None}
    for leg in legs:
        again = leg.check and leg.check.repair in offered
        kept.append(replace(leg, check=replace(leg.check, repair=None)) if again else leg)
        offered.add(leg.check.repair if leg.check else None)
    return tuple(kept)


def _check(leg: PlannedLeg, contact: Contact, facts: Facts, around: Circumstances, directly: bool) -> Check | None:
    if leg.system == "zendesk":
        return _note(leg, contact)
    if leg.key == DIRECT_MESSAGE:
        return replace(_direct(leg, contact), repair=Repair("no_direct_message", "", "Do not send the direct message"))
    if leg.place.direct:
        return _direct(leg, contact)
    return _in_channel(leg, contact, facts, around, directly) if leg.place.channel_id else None


def _note(leg: PlannedLeg, contact: Contact) -> Check:
    if leg.note:
        return Check(False, leg.note)
    if leg.cc == "email_cc":
        return Check(True, f"{contact.name} has an agent account in Zendesk and can be put in cc.")
    if leg.cc != "follower":
        return Check(True, f"{_capital(leg.place.label)} takes notes; nobody is added.")
    if contact.may_follow is None:
        return Check(None, f"Zendesk does not say whether {contact.name} may see this ticket as a follower.")
    return Check(True, f"{contact.name} can see the ticket as a follower.")


def _direct(leg: PlannedLeg, contact: Contact) -> Check:
    return Check(True, f"{contact.name} and you are active in Slack.{_first_place(leg)}", join_repair(leg.place))


def _in_channel(leg: PlannedLeg, contact: Contact, facts: Facts, around: Circumstances, directly: bool) -> Check:
    place, name = leg.place, leg.mentions
    where = "the channel" if around.restricted else place.channel_label
    seen = facts.channel(place.channel_id)
    if seen is None or not seen.known:
        return Check(None, f"{_capital(where)} could not be checked: {_why_unknown(facts, seen)}.", LOOK_AGAIN)
    there, join = f"{_capital(where)} is there, the portal is in it", join_repair(place)
    if not name:
        return Check(True, f"{there}, and nobody is mentioned there.{_first_place(leg)}", join)
    is_member = facts.is_member(place.channel_id, contact.slack_id)
    if is_member:
        return Check(True, f"{there}, and so is {name}.{_first_place(leg)}", join)
    if directly:
        absent = "is not in" if is_member is False else "may not be in"
        return Check(True, f"{name} {absent} {where}: the direct message reaches them.")
    tell_directly = _offer(contact, around)
    if is_member is False:
        return Check(False, f"{name} is not in {where}: a mention there does not reach them.", tell_directly)
    listed = facts.members(place.channel_id)
    if listed and listed.known:
        why = "Slack does not tell the portal all its members"
        return Check(None, f"{there}; whether {name} is in it could not be checked: {why}.", tell_directly)
    return Check(None, f"{there}; whether {name} is in it could not be checked: {_why_unknown(facts, listed)}.", LOOK_AGAIN)


def _offer(contact: Contact, around: Circumstances) -> Repair | None:
    possible = isinstance(direct_message(contact, around.author), Place)
    return Repair("direct_message", contact.slack_id, "Send them a direct message as well") if possible else None


def _first_place(leg: PlannedLeg) -> str:
    """What would have been the better place, where one press makes it possible."""
    return f" The portal is not a member of {leg.place.join[1]}, which would come first." if leg.place.join else ""


def _why_unknown(facts: Facts, seen: Seen | None) -> str:
    said = seen or facts.get("slack", "people")
    return "Slack was not asked about it" if said.known else f"Slack {said.trouble}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

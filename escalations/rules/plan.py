"""What will be sent: from a scenario, answers and facts to finished legs, or to "do not escalate, do this instead".

Pure: the same values give the same plan, for ever. The digest says whether two plans would send the same.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime

from . import messages
from .calendar import add_business_days
from .contacts import Contact, find_contact
from .facts import Facts
from .flow import Flow, resolve
from .mapping import SYSTEMS, Choice, LegRule, Mapping, Scenario
from .places import Place, Thread, find_place
from .problems import Problem, blocking
from .readiness import problems_of_facts, problems_of_plan
from .suggest import not_relevant
from .templates import TemplateProblem


@dataclass(frozen=True)
class Author:
    """Who sends. `slack_id` is "" when Slack does not know them."""

    name: str
    email: str = ""
    slack_id: str = ""
    title: str = "Support"


@dataclass(frozen=True)
class Circumstances:
    """What is not in the facts: who, which day, since when, what we sent before, and the author's own words.

    `earlier` are the escalations of this ticket, one clause each, the newest first.

    `since` is the instant the draft was started: durations count from the ticket's opening to it, so that looking at the
    page an hour later does not change what would be sent.
    """

    author: Author
    day: date
    since: datetime
    thread: Thread | None = None
    edits: tuple[tuple[str, str], ...] = ()
    restricted: bool = False
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlannedLeg:
    """One thing that will be sent: `target` and `content` are exactly what the gateway gets.

    zendesk: target = "instance:ticket", content {"body", "follower": email|None, "email_cc": zendesk user id|None}
    slack:   target = Place.target,      content {"text", "blocks"}
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

    @property
    def stored_place(self) -> dict:
        """The place as a delivery keeps it, with the names that its page shows."""
        place = self.place
        return {"kind": place.kind, "label": place.label, "note": place.note, "people": dict(self.people)}


@dataclass(frozen=True)
class Plan:
    scenario: Scenario
    flow: Flow
    contact: Contact
    legs: tuple[PlannedLeg, ...] = ()
    problems: tuple[Problem, ...] = ()
    original: tuple[tuple[str, str], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    copy_text: str = ""

    @property
    def stop(self) -> Choice | None:
        return self.flow.stop

    @property
    def can_be_sent(self) -> bool:
        return bool(self.legs) and not self.stop and not blocking(self.problems)

    @property
    def digest(self) -> str:
        """What was shown: system, target, visibility and content of every leg. Not the mapping version."""
        shown = [[leg.key, leg.system, leg.target, leg.visibility, leg.content] for leg in self.legs]
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def plan(mapping: Mapping, scenario: Scenario, answers: dict[str, str], facts: Facts, around: Circumstances) -> Plan:
    role = mapping.role(scenario.role)
    flow = resolve(scenario, answers, facts)
    contact = find_contact(mapping, role, facts)
    problems = problems_of_facts(facts)
    if facts.ticket is None or flow.stop:
        return Plan(scenario, flow, contact, problems=problems)
    ask_by = add_business_days(around.day, scenario.answer_days)
    ticket, customer = facts.ticket, facts.customer
    context = messages.values(
        ticket,
        customer,
        contact,
        role,
        around.author.name,
        around.since,
        ask_by,
        around.restricted,
        "; ".join(around.earlier[:3]),
    )
    try:
        original = messages.original_parts(mapping, scenario, context)
        edits = {} if around.restricted else {key: text for key, text in around.edits if key in original}
        texts = {**original, **edits}
        author_line = ", ".join(filter(None, (around.author.name, around.author.title)))
        parts = messages.parts(mapping, scenario, context, texts, ticket, customer, author_line)
    except TemplateProblem as problem:
        words = Problem(
            f"The words of this row cannot be used: {problem}",
            "review",
            True,
            "Tell the row keeper; choose another row.",
        )
        return Plan(scenario, flow, contact, problems=(*problems, words))
    rules = [
        rule for rule in scenario.legs if rule.only_if is None or flow.answers.get(rule.only_if[0]) == rule.only_if[1]
    ]
    legs = _in_order(_one_a_place(tuple(_leg(rule, mapping, facts, contact, around, parts) for rule in rules)))
    problems += tuple(Problem(f"Told before: {text}.", "contact") for text in around.earlier[:3])
    problems += problems_of_plan(
        flow, contact, role, legs, ticket, not_relevant(mapping, scenario, facts), scenario.wants_person
    )
    return Plan(
        scenario, flow, contact, tuple(leg for leg in legs if leg.target), problems,
        tuple(original.items()), tuple(texts.items()), messages.plain_text(parts),
    )  # fmt: skip


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


def shown(plan: Plan) -> list[dict]:
    """What a review shows of each leg, kept with the draft; `differences` compares two of them."""
    return [
        {
            "system": leg.system,
            "where": leg.place.label,
            "mentions": leg.mentions,
            "cc": leg.cc,
            "visibility": leg.visibility,
            "text": _whole_text(leg.content),
            "to": plan.contact.name,
        }
        for leg in plan.legs
    ]


def _whole_text(content: dict) -> str:
    """All that a person reads of it; Slack's top-level "text" is only the first line of its blocks."""
    return content.get("body") or "\n".join(block["text"]["text"] for block in content["blocks"])


def differences(before: list[dict], after: list[dict]) -> tuple[str, ...]:
    """What changed between two reviews, one sentence each, for the person who pressed Send."""
    words = {
        "to": "is for",
        "where": "goes to",
        "mentions": "mentions",
        "cc": "adds to the ticket as",
        "visibility": "is seen by",
    }
    said = []
    for old, new in zip(before, after, strict=False):
        changed = [name for name in words if old.get(name) != new[name]]
        system = SYSTEMS[new["system"]]
        said += [
            f"{system} {words[name]} {new[name] or 'nobody'} (was {old.get(name) or 'nobody'})." for name in changed
        ]
        if not changed and old.get("text") != new["text"]:
            said.append(f"The words for {system} changed.")
    if len(before) != len(after):
        said.append(f"{len(after)} messages would be sent (was {len(before)}).")
    return tuple(said)


def _leg(
    rule: LegRule, mapping: Mapping, facts: Facts, contact: Contact, around: Circumstances, parts: messages.Parts
) -> PlannedLeg:
    if rule.system == "zendesk":
        return _zendesk_leg(rule, facts, contact, around, parts)
    place = find_place(rule, mapping, facts, contact, around.author.slack_id, around.thread)
    mention = contact.slack_id if rule.mention == "contact" else ""
    content = messages.slack_message(parts, mention, around.author.slack_id)
    return PlannedLeg(
        rule.key, "slack", "post", place.target, place, "internal", content,
        mentions=contact.name if mention else "", people=_people(contact, around.author),
    )  # fmt: skip


def _people(contact: Contact, author: Author) -> tuple[tuple[str, str], ...]:
    """The Slack ids that a message may name, with the names a page shows for them."""
    named = ((contact.slack_id, contact.name), (author.slack_id, author.name))
    return tuple(pair for pair in named if pair[0])


def _zendesk_leg(
    rule: LegRule, facts: Facts, contact: Contact, around: Circumstances, parts: messages.Parts
) -> PlannedLeg:
    ticket = facts.ticket
    mode = "follower" if rule.cc_mode == "email_cc" and around.restricted else rule.cc_mode
    employee = contact.zendesk_id is not None and contact.zendesk_role in ("agent", "admin")
    note = ""
    if mode != "none" and not employee:
        mode, note = "none", _why_no_cc(contact)
    content = messages.zendesk_note(parts, why_in_short(contact))
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
    )


def _why_no_cc(contact: Contact) -> str:
    if not contact.person:
        return "Nobody was found to add to the ticket: the note goes without."
    if contact.zendesk_role == "end-user":
        return f"{contact.name} is an end user in Zendesk, so they are not added: the note and Slack tell them."
    return f"{contact.name} has no agent account in Zendesk (or it could not be read), so they are not added: the note and Slack tell them."


def why_in_short(contact: Contact) -> str:
    """One clause for the note: the step that chose, and what the earlier ones said."""
    chosen = next((step for step in contact.trace if step.outcome == "chosen"), None)
    refused = (step.why for step in contact.trace if step.outcome in ("refused", "unavailable") and step.why)
    before = "; ".join(dict.fromkeys(refused))
    if chosen is None:
        return before
    text = f"{chosen.looked_in}: {chosen.found}" if chosen.found else chosen.why
    return f"{text} (before that: {before})" if before else text

"""What will be sent: from a scenario, answers and facts to finished legs, or to "do not escalate, do this instead".

Pure: the same values give the same plan, for ever. The digest says whether two plans would send the same.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from . import messages, pauses
from .author import Author
from .cc_by_hand import CC_BY_HAND, as_answer, reason_of
from .circumstances import Circumstances
from .contacts import Contact, find_contact
from .facts import Facts, TicketFacts
from .flow import Flow, resolve
from .legs import DIRECT_MESSAGE, PlannedLeg, goes_on, plan_legs
from .mapping import SYSTEMS, Choice, Mapping, Role, Scenario
from .places import Thread
from .preflight import checked
from .problems import Problem, blocking
from .readiness import problems_of_facts, problems_of_plan, ticket_may_be_there
from .suggest import not_relevant
from .templates import TemplateProblem, render
from .together import ALSO, JOINING, further, joined, names_of_words, ticked, with_reasons
from .why_you import NO_REASON, Why, why
from .working_hours import ask_by

NOT_ANSWERED = "It is not answered yet."  # so that a preview does not say what nobody has said
ONE_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class OwnWords:
    """A part that the engineer may write: as it stands, and as it is `ready`. `name` is what their words are kept under."""

    part: str
    name: str
    text: str
    ready: str

    @property
    def label(self) -> str:
        return messages.EDITABLE[self.part]

    @property
    def edited(self) -> bool:
        return self.text != self.ready


@dataclass(frozen=True)
class Plan:
    """`original` and `texts` are the parts as they are sent, without and with the engineer's own `words`. `ask_by` is the day that the ask names; None where nothing is asked. `also` are second reasons for the same role.

    `scenario` is the row with those, as it is sent. `joins` says how an earlier `thread` is gone on with; "" is as the row says.
    `timeless` is the same with all of it read at one instant: what is compared.
    """

    scenario: Scenario
    flow: Flow
    contact: Contact
    legs: tuple[PlannedLeg, ...] = ()
    problems: tuple[Problem, ...] = ()
    original: tuple[tuple[str, str], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    words: tuple[OwnWords, ...] = ()
    copy_text: str = ""
    ask_by: date | None = None
    also: tuple[Scenario, ...] = ()
    thread: Thread | None = None
    joins: str = ""
    why: Why = NO_REASON
    timeless: "Plan | None" = None

    @property
    def stop(self) -> Choice | None:
        return self.flow.stop

    @property
    def answers(self) -> dict[str, str]:
        """What the engineer or the facts said, as far as it counts for this plan."""
        told = {DIRECT_MESSAGE: self.contact.slack_id} if any(leg.key == DIRECT_MESSAGE for leg in self.legs) else {}
        also = {ALSO: ",".join(row.key for row in self.also)} if self.also else {}
        by_hand = [as_answer(self.scenario, self.contact, leg.cc_because) for leg in self.legs if leg.cc_because]
        cc = {CC_BY_HAND: by_hand[0]} if by_hand else {}
        return {**self.flow.kept, **told, **also, **cc, **({JOINING: self.joins} if self.joins else {})}

    @property
    def can_be_sent(self) -> bool:
        return bool(self.legs) and not self.stop and not blocking(self.problems)

    @property
    def digest(self) -> str:
        """What was shown: system, target, visibility and content of every leg, and its words. Neither the mapping version nor what was checked.

        Nor when anything was read: it is read again just before it is sent.
        """
        legs = [[leg.key, leg.system, leg.target, leg.visibility, leg.content] for leg in self.timeless.legs]
        return _hash([legs, self.timeless.texts])


def _hash(value) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def plan(mapping: Mapping, scenario: Scenario, answers: dict[str, str], facts: Facts, around: Circumstances) -> Plan:
    """What would be sent. While the ticket cannot be read: what is known of it, blocked, so that it can be copied."""
    at_once = facts.all_read_at(ONE_INSTANT, but=("slack", pauses.KEY))  # when those were read decides whether they are an absence
    made, timeless = (_plan(mapping, scenario, answers, seen, around) for seen in (facts, at_once))
    return replace(made, timeless=timeless)


def _plan(mapping: Mapping, scenario: Scenario, answers: dict[str, str], facts: Facts, around: Circumstances) -> Plan:
    row, role, also = scenario, mapping.role(scenario.role), ticked(mapping, scenario, answers, around.day)
    contact = find_contact(mapping, role, facts, around.day)
    scenario = with_reasons(row, also)
    flow = resolve(scenario, answers, facts)
    joins = _joins(answers, mapping) if around.thread and goes_on(mapping, scenario, flow, facts, contact, around) else ""
    scenario = joined(scenario, joins, mapping.template("now_ask"))
    problems = problems_of_facts(facts)
    ticket = facts.ticket or (around.unread if ticket_may_be_there(facts) else None)
    if ticket is None or flow.stop:
        return Plan(scenario, flow, contact, problems=problems)
    asked_by = ask_by(mapping, contact.timezone, around.now, around.day, scenario.answer_days)
    context = {**_context(asked_by, role, contact, ticket, facts, around), "not_known": flow.not_known or (NOT_ANSWERED if flow.open else None)}
    try:
        ready = messages.original_parts(mapping, scenario, context, around.restricted)
        words = _own_words(ready, names_of_words(row, also, joins, scenario.tone), around)
        more = {part: [render(text, context) for text in texts] for part, texts in further(row, also).items()}
        if scenario.tone != "involve":
            more["ask"] = []
        original, texts = _whole(ready, more), _whole({word.part: word.text for word in words}, more)
        because = _why(scenario, contact, ticket, around)
        parts = messages.parts(
            mapping, scenario, context, _with_doubt(texts, flow), ticket, facts.customer, _author_line(around.author), ask_by=asked_by,
            now=around.since, reply=facts.last_reply, why=because, restricted=around.restricted,
        )  # fmt: skip
    except TemplateProblem as problem:
        return Plan(scenario, flow, contact, problems=(*problems, _unusable(problem)))
    direct_to = answers.get(DIRECT_MESSAGE, "")
    legs = plan_legs(mapping, scenario, flow, facts, contact, around, ticket, parts, direct_to, reason_of(answers, scenario, contact))
    against = tuple(dict.fromkeys(why for one in (row, *also) for why in not_relevant(mapping, one, facts)))
    problems += problems_of_plan(flow, contact, role, legs, ticket, against, scenario.wants_person)
    return Plan(
        scenario, flow, contact, checked(tuple(leg for leg in legs if leg.target), contact, facts, around), problems,
        tuple(original.items()), tuple(texts.items()), words, messages.plain_text(parts), asked_by if scenario.tone == "involve" else None,
        also, around.thread if joins else None, joins, because,
    )  # fmt: skip


def _joins(answers: dict[str, str], mapping: Mapping) -> str:
    """How the earlier thread is joined. An ask needs words for it: a version from before has none."""
    how = answers.get(JOINING, "")
    return how if how == "note" or how == "ask" and mapping.template("now_ask") else ""


def _own_words(ready: dict[str, str], names: dict[str, str], around: Circumstances) -> tuple[OwnWords, ...]:
    """Every part as the engineer wrote it, where they did; of a restricted ticket their words are not taken."""
    edits = {} if around.restricted else dict(around.edits)
    named = [(part, names.get(part, part), text) for part, text in ready.items()]
    return tuple(OwnWords(part, name, edits.get(name, text), text) for part, name, text in named)


def _whole(texts: dict[str, str], more: dict[str, list[str]]) -> dict[str, str]:
    """The second reasons stand behind the row's own words, whoever wrote those: no edit can leave them out."""
    return {part: " ".join([text, *more.get(part, ())]) for part, text in texts.items()}


def _context(
    asked_by: date, role: Role, contact: Contact, ticket: TicketFacts, facts: Facts, around: Circumstances
) -> dict:
    earlier = "; ".join(around.earlier[:3])
    return messages.values(
        ticket, facts.customer, contact, role, around.author.name, around.since, asked_by, around.restricted, earlier, facts.last_reply
    )  # fmt: skip


def _with_doubt(texts: dict[str, str], flow: Flow) -> dict[str, str]:
    """What nobody knew stands behind the situation, whoever wrote that: no edit can leave it out."""
    return {**texts, "situation": " ".join(filter(None, (texts["situation"], flow.not_known)))}


def _why(scenario: Scenario, contact: Contact, ticket: TicketFacts, around: Circumstances) -> Why:
    """Nothing where nobody was looked for."""
    return NO_REASON if ticket.unread or not (contact.person or scenario.wants_person) else why(contact, around.since, around.restricted)


def _author_line(author: Author) -> str:
    """Who asks. Whoever Slack does not know cannot be mentioned, so that their address stands there for an answer."""
    line = ", ".join(filter(None, (author.name, author.title)))
    return line if author.slack_id or not author.email else f"{line}, {author.email}"


def _unusable(problem: TemplateProblem) -> Problem:
    text = f"The words of this row cannot be used: {problem}"
    return Problem(text, "review", True, "Tell the row keeper; choose another row.")


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
            "compared": _hash(_whole_text(timeless.content)),
            "to": plan.contact.name,
        }
        for leg, timeless in zip(plan.legs, plan.timeless.legs, strict=True)
    ]


def _whole_text(content: dict) -> str:
    """All that a person reads of it; Slack's top-level "text" is only the first line of its blocks."""
    return content.get("body") or "\n".join(block["text"]["text"] for block in content["blocks"])


def differences(before: list[dict], after: list[dict]) -> tuple[str, ...]:
    """What changed between two reviews, one sentence each, for the person who pressed Send."""
    words = {
        "to": "is for {}",
        "where": "goes to {}",
        "mentions": "mentions {}",
        "cc": "adds {} to the ticket",
        "visibility": "is seen by {}",
    }
    said = []
    for old, new in _same(before, after):
        changed = [name for name in words if old.get(name) != new[name]]
        system = SYSTEMS[new["system"]]
        said += [
            f"{system} {words[name].format(_said(new[name]))} (was {_said(old.get(name))})." for name in changed
        ]
        if not changed and old.get("compared", new["compared"]) != new["compared"]:  # a review from before it was kept says nothing of it
            said.append(f"The words for {system} changed.")
    if len(before) != len(after):
        said.append(f"{len(after)} messages would be sent (was {len(before)}).")
    return tuple(said)


def _said(value: str | None) -> str:
    return {"follower": "a follower", "email_cc": "an e-mail cc", "none": "nobody"}.get(value or "", value or "nobody")


def _same(before: list[dict], after: list[dict]) -> list[tuple[dict, dict]]:
    """Each message beside what it was: of the same system, in order. One that came or went has no counterpart."""
    pairs = []
    for system in dict.fromkeys(leg["system"] for leg in after):
        old, new = ([leg for leg in legs if leg["system"] == system] for legs in (before, after))
        pairs += zip(old, new, strict=False)
    return pairs

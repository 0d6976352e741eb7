"""What each row would send about an example ticket that it is meant for: the plan of an escalation, over invented facts.

For editors, who otherwise see Liquid only. Nobody here exists.
"""

import html
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, product, zip_longest

from .author import Author
from .circumstances import Circumstances
from .clocks import in_words
from .facts import Facts, Seen
from .legs import PlannedLeg
from .mapping import SYSTEMS, UNKNOWN, Mapping, Question, Scenario
from .plan import Plan, plan
from .salesforce_ids import account_id

MOST_WAYS = 12
AUTHOR = Author("Ana Lima", "ana.lima@example.com", "U0ANALIMA")
CSM, OWNER, SELLER = "Dana Reyes", "Omar Haddad", "Grace Molina"
ACCOUNT = account_id("0015e0000000001")
CHANNEL = "C0ACMECORP"
CC_WORDS = {"follower": "with {} as follower", "email_cc": "with {} in cc, which the customer sees", "": ""}


@dataclass(frozen=True)
class Example:
    """One message as its readers see it; `where` says in words where it goes, and with which answers."""

    system: str
    where: str
    text: str


@dataclass(frozen=True)
class Pair:
    """A message before and after a change; None where there is none."""

    before: Example | None
    after: Example | None

    @property
    def where(self) -> tuple[str, ...]:
        """One text; two when it goes elsewhere afterwards."""
        return tuple(dict.fromkeys(one.where for one in (self.before, self.after) if one))


def examples(mapping: Mapping, scenario: Scenario, at: datetime) -> tuple[Example, ...]:
    """Every message of the row, with each way its questions can be answered; what reads the same stands once."""
    ways = _ways(scenario)
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    facts = facts_for(mapping, scenario, at)
    bare = facts_for(mapping, _untagged(scenario), at)  # a tag can answer what the engineer does not know
    around = Circumstances(AUTHOR, at.date(), at)
    for answers, way in ways:
        seen = bare if UNKNOWN in answers.values() else facts
        for system, where, text in _said(plan(mapping, scenario, answers, seen, around)):
            found.setdefault((system, text), {}).setdefault(where, []).append(way)
    return tuple(Example(system, _heading(system, places, len(ways)), text) for (system, text), places in found.items())


def compared(before: Mapping, after: Mapping, at: datetime) -> dict[str, tuple[Pair, ...]]:
    """The messages that read differently or go elsewhere, by the key of their row; rows without any are left out."""
    found = {}
    for key in dict.fromkeys(row.key for row in (*after.scenarios, *before.scenarios)):
        old, new = (_of_row(mapping, key, at) for mapping in (before, after))
        kept = [example for example in new if example not in old]
        gone = [example for example in old if example not in new]
        if kept or gone:
            found[key] = tuple(_paired(gone, kept))
    return found


def facts_for(mapping: Mapping, scenario: Scenario, at: datetime) -> Facts:
    """A ticket that the row's own signals speak for, of a customer with everybody who can be found."""
    signals: dict[str, str] = {}
    for signal in sorted(scenario.signals, key=lambda signal: not signal.decisive):
        signals.setdefault(signal.kind, signal.pattern)
    known = signals.get("organization") != "unknown"
    scale = "scale" in (scenario.only_csm, signals.get("csm"))
    forms = [form for queue in map(mapping.queue, scenario.queues) if queue for form in queue.forms]
    seen = [Seen("zendesk", "ticket", _ticket(signals, forms, known, at), at), Seen("zendesk", "comments", _comments(at), at)]
    if known:
        channel = {"id": CHANNEL, "name": "a_acme-internal", "private": True, "archived": False, "bot_is_member": True, "readers": 14}  # fmt: skip
        seen += [
            Seen("salesforce", "account", _account(scale, at), at),
            Seen("slack", f"channel:{CHANNEL}", channel, at),
        ]
    for number, name in enumerate((AUTHOR.name, CSM, OWNER, SELLER), 1):
        slack_id = AUTHOR.slack_id if name == AUTHOR.name else f"U0EXAMPLE{number}"
        key = f"person:{_person(name)['email']}"
        seen += [
            Seen("slack", key, {"id": slack_id, "name": name, "timezone": "UTC", "active": True}, at),
            Seen("zendesk", key, {"id": number, "name": name, "role": "agent", "active": True}, at),
        ]
    return Facts.of(seen)


def _untagged(scenario: Scenario) -> Scenario:
    return replace(scenario, signals=tuple(signal for signal in scenario.signals if signal.kind != "tag"))


def _of_row(mapping: Mapping, key: str, at: datetime) -> tuple[Example, ...]:
    scenario = mapping.scenario(key)
    return examples(mapping, scenario, at) if scenario and not scenario.retired_on else ()


def _paired(gone: list[Example], kept: list[Example]):
    """Those that go to the same place first, then what is left, system by system."""
    for new in list(kept):
        old = next((old for old in gone if (old.system, old.where) == (new.system, new.where)), None)
        if old:
            gone.remove(old)
            kept.remove(new)
            yield Pair(old, new)
    for system in dict.fromkeys(one.system for one in (*gone, *kept)):
        of_system = ([one for one in side if one.system == system] for side in (gone, kept))
        yield from (Pair(old, new) for old, new in zip_longest(*of_system))


def _ways(scenario: Scenario) -> list[tuple[dict[str, str], str]]:
    """(answers, their labels) for every way through the questions, at most MOST_WAYS of them."""
    return [
        ({question: key for question, key, _ in way}, " and ".join(f"“{label}”" for *_, label in way))
        for way in islice(product(*map(_answers, scenario.questions)), MOST_WAYS)
    ]


def _answers(question: Question) -> list[tuple[str, str, str]]:
    """(question key, answer, label); not to know it comes before the answers that stop."""
    not_known = [(question.key, UNKNOWN, "I do not know")] if question.if_unknown else []
    goes_on, stops = (
        [(question.key, choice.key, choice.label) for choice in question.choices if bool(choice.stop) == ends]
        for ends in (False, True)
    )
    return [*goes_on, *not_known, *stops]


def _said(made: Plan):
    """(system, where, text) of every leg; else why nothing is sent."""
    if made.stop:
        yield "", "Nothing is sent; the engineer reads", made.stop.stop
        return
    for leg in made.legs:
        yield leg.system, _where(leg, made), read(leg)
    if not made.legs and made.copy_text:
        yield "", "No leg sends it yet", made.copy_text
    elif not made.legs:
        yield "", "This cannot be sent", "\n".join(problem.text for problem in made.problems if problem.blocks)


def _where(leg: PlannedLeg, made: Plan) -> str:
    if leg.system == "zendesk":
        return ", ".join(filter(None, ("internal note", CC_WORDS[leg.cc].format(made.contact.name))))
    return f"{leg.place.label}, mentions {leg.mentions or 'nobody'}"


def _heading(system: str, places: dict[str, list[str]], ways: int) -> str:
    """Slack: #sales, mentions nobody, if “New business”; #account-management, mentions nobody, if “Renewal”."""
    said = [where if len(taken) == ways else f"{where}, if {' or '.join(taken)}" for where, taken in places.items()]
    return f"{SYSTEMS[system]}: {'; '.join(said)}" if system else "; ".join(said)


def read(leg: PlannedLeg) -> str:
    """The leg's text as it is read: mentions by name, links by their label, nothing escaped."""
    if leg.system == "zendesk":
        return leg.content["body"].replace("\u2060", "")
    people = dict(leg.people)
    text = "\n".join(block["text"]["text"] for block in leg.content["blocks"])
    text = in_words(text)
    text = re.sub(r"<@(\w+)>", lambda found: f"@{people.get(found[1], found[1])}", text)
    text = re.sub(r"<https?://[^|>]+\|([^>]*)>", r"\1", text)
    text = re.sub(r"^\*([^*\n]+:)\*", r"\1", text, flags=re.MULTILINE)
    return html.unescape(text).replace("\u2060", "")


def _ticket(signals: dict[str, str], forms: list[str], known: bool, at: datetime) -> dict:
    opened = _iso(at - timedelta(hours=2))
    return {
        "instance": "main", "id": 1001, "subject": signals.get("subject", "A question"), "priority": signals.get("priority", "normal"),
        "state": "open", "form": signals.get("form") or next(iter(forms), "Self-Managed"), "tags": [signals.get("tag", "")],
        "created_at": opened, "updated_at": opened, "requester": "Rin Sato", "end_users": 1, "followers": [],
        "url": "https://example.zendesk.com/agent/tickets/1001",
        "organization": {"id": "1", "name": "Acme Corp", "salesforce_id": ACCOUNT} if known else None,
    }  # fmt: skip


def _comments(at: datetime) -> list[dict]:
    answered = {"author": AUTHOR.name, "public": True, "from_support": True, "at": _iso(at - timedelta(hours=1)), "body": ""}
    return [answered, {**answered, "author": "Rin Sato", "from_support": False, "at": _iso(at - timedelta(hours=2))}]


def _account(scale: bool, at: datetime) -> dict:
    closes = (at + timedelta(days=60)).date().isoformat()
    deal = {"id": "006A", "name": "Acme renewal", "created_at": "2026-01-05", "close_on": closes, "stage": "Proposal", "owner": _person(SELLER)}
    return {
        "id": ACCOUNT, "name": "Acme Corp", "type": "Customer", "url": "https://example.my.salesforce.com/acme",
        "channel_id": CHANNEL, "owner": _person(OWNER), "csm": _person("CSM Scale" if scale else CSM), "opportunities": [deal],
    }  # fmt: skip


def _person(name: str) -> dict:
    return {"id": "", "name": name, "email": f"{name.replace(' ', '.').lower()}@example.com", "active": True}


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")

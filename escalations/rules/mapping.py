"""One published mapping as frozen values: who is contacted, in which situation, where and with which words.

Every row has a permanent `key`; differences, imports and escalations speak of keys, never of positions or titles.
`to_dict` and `from_dict` are the stored form of a version: plain JSON, lists in the order of the working copy.
"""

import hashlib
import json
import re
import types
import typing
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date
from fnmatch import fnmatchcase

from .calendar import Calendar

# Where a fallback step looks. Each is drawn into the admin's choices and must have a reader in contacts.py.
STEP_SOURCES = {
    "salesforce_csm": "Salesforce: the account's Customer Success Manager field",
    "organization_csm": "Zendesk: the organization's CSM field (a name only)",
    "organization_notes": "Zendesk: the organization's notes line 'Customer Success Manager: ...'",
    "salesforce_owner": "Salesforce: the account owner",
    "latest_opportunity": "Salesforce: the owner of the latest opportunity",
    "open_renewal": "Salesforce: the owner of the open opportunity that closes next (neither won nor a duplicate)",
    "nobody": "Post in the relevant channel without tagging anybody",
}
PLACE_KINDS = {
    "thread": "the thread the portal opened for this ticket",
    "account_channel": "the account's own internal channel",
    "group_message": "a group direct message of the person and the author",
    "channel": "the row's channel",
}
SYSTEMS = {"zendesk": "Zendesk", "slack": "Slack"}
MENTIONS = {"contact": "mention the person", "none": "mention nobody"}
CC_MODES = {
    "follower": "follower (the customer cannot see them)",
    "email_cc": "e-mail cc (the address becomes visible to the customer)",
    "none": "internal note only",
}
TONES = {"aware": "make aware: no ask", "involve": "involve: needs an ask with a date"}
SIGNAL_KINDS = {
    "priority": "the agent's priority is",
    "form": "the ticket form is",
    "tag": "the ticket has the tag",
    "subject": "the subject contains",
    "comment": "a recent comment contains",
    "organization": "the organization is (unknown | known)",
    "csm": "the CSM is (named | scale | none)",
    "renewal": "an open renewal closes within (days)",
}
ALIAS_KINDS = {
    "pool": "a pool user: messages to it are read by nobody",
    "placeholder": "a placeholder: the account is served by Scale",
    "role": "another name of a role",
    "away": "in a Slack status: away",
    "look_alike": "in a name: looks like a pool, so nobody is pinged",
    "person": "a person, although the name looks like a pool",
}
UNKNOWN = "unknown"  # the answer "I do not know"; no choice may have this key
QUESTION_FACTS = {
    "": "asked, never read off the facts",
    "license_kind": "the tags new_business or renewal",
    "internal_issue": "the tag internal_issue",
}


@dataclass(frozen=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True)
class FallbackStep:
    key: str
    source: str


@dataclass(frozen=True)
class Role:
    key: str
    name: str
    short: str
    intro: str = ""
    former_names: tuple[str, ...] = ()
    steps: tuple[FallbackStep, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Queue:
    """A ticket queue; `forms` are the Zendesk form names it stands for, none of them = every form."""

    key: str
    name: str
    forms: tuple[str, ...] = ()
    retired_on: str = ""

    def takes(self, form: str) -> bool:
        return not self.forms or form.casefold() in {name.casefold() for name in self.forms}


@dataclass(frozen=True)
class Channel:
    key: str
    name: str
    slack_id: str
    former_names: tuple[str, ...] = ()
    purpose: str = ""


@dataclass(frozen=True)
class Choice:
    """An answer. A choice with `stop` ends the wizard: do not escalate, and `stop` says what to do instead.

    `if_unknown`: "I do not know" counts as this answer.
    """

    key: str
    label: str
    stop: str = ""
    stop_link: Link | None = None
    if_unknown: bool = False


@dataclass(frozen=True)
class Question:
    """`unknown_says` is what the message tells its readers when the engineer did not know the answer."""

    key: str
    text: str
    why: str = ""
    fact: str = ""
    choices: tuple[Choice, ...] = ()
    unknown_says: str = ""

    def choice(self, key: str | None) -> Choice | None:
        return next((choice for choice in self.choices if choice.key == key), None)

    @property
    def if_unknown(self) -> Choice | None:
        """What "I do not know" counts as; None in a version from before it could be said."""
        return next((choice for choice in self.choices if choice.if_unknown), None)

    def takes(self, key: str | None) -> bool:
        """Whether an engineer may answer that."""
        return bool(self.choice(key) or key == UNKNOWN and self.if_unknown)

    @property
    def unknown_effect(self) -> str:
        """What "I do not know" does, in words, as the rest of a sentence; "" where it cannot be said."""
        counts = self.if_unknown
        if counts is None:
            return ""
        if counts.stop:
            return f"it counts as “{counts.label}”, so nothing is sent"
        return f"it counts as “{counts.label}”, and the message says so"


@dataclass(frozen=True)
class LegRule:
    """One thing that will be sent. `only_if` = (question key, choice key) or None; `places` in the order they are tried."""

    key: str
    system: str
    mention: str = "none"
    cc_mode: str = "none"
    places: tuple[str, ...] = ()
    channel: str = ""
    only_if: tuple[str, str] | None = None


@dataclass(frozen=True)
class Signal:
    """A reason for a scenario. `decisive` ones select it when no other scenario has one."""

    kind: str
    pattern: str
    decisive: bool = False
    because: str = ""


@dataclass(frozen=True)
class Scenario:
    """One row. `situation` and `ask` are Liquid over templates.VARIABLES; `answer_days` counts business days to the ask's date.

    `only_csm` = "scale" says that the row is meant for accounts served by Scale; `twin_of` names the scenario whose card it
    shares; `not_done` is one line on what sending does *not* do; days are ISO dates.
    """

    key: str
    role: str
    title: str
    tone: str
    situation: str
    ask: str = ""
    choose_when: str = ""
    choose_when_not: str = ""
    examples: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    legs: tuple[LegRule, ...] = ()
    signals: tuple[Signal, ...] = ()
    links: tuple[Link, ...] = ()
    twin_of: str = ""
    only_csm: str = ""
    answer_days: int = 0
    not_done: str = ""
    regions: tuple[str, ...] = ()
    valid_from: str = ""
    valid_until: str = ""
    retired_on: str = ""
    instead: str = ""
    keeper: str = ""
    verified_on: str = ""
    # The cells as they stand on the handbook page, beside our own title; given back by an export.
    page_scenario: str = ""
    page_channel: str = ""
    page_relevancy: str = ""

    def question(self, key: str) -> Question | None:
        return next((question for question in self.questions if question.key == key), None)

    @property
    def wants_person(self) -> bool:
        """Whether a leg mentions somebody or adds them to the ticket; otherwise the channel is all that is told."""
        return any(leg.mention == "contact" or leg.cc_mode != "none" for leg in self.legs)

    def in_force(self, day: date) -> bool:
        if self.retired_on and self.retired_on <= day.isoformat():
            return False
        return (not self.valid_from or self.valid_from <= day.isoformat()) and (
            not self.valid_until or day.isoformat() <= self.valid_until
        )


@dataclass(frozen=True)
class Alias:
    """A text met in the wild and what it means; `*` in it stands for anything, capitals do not matter."""

    kind: str
    pattern: str
    meaning: str = ""

    def matches(self, text: str) -> bool:
        return fnmatchcase(" ".join(text.split()).casefold(), self.pattern.casefold())

    def stands_in(self, text: str) -> bool:
        """Whether it is part of a longer text, in whole words; `*` goes on to the end of a word."""
        words = re.escape(self.pattern.casefold()).replace(r"\*", r"\w*")
        return re.search(rf"(?<!\w){words}(?!\w)", " ".join(text.split()).casefold()) is not None


@dataclass(frozen=True)
class Template:
    """A part of every message, in Liquid; the keys are those of templates.SHARED_PARTS."""

    key: str
    body: str


@dataclass(frozen=True)
class Prose:
    """Text of the handbook page around its tables (purpose, notes, sections), kept so that an export gives it back."""

    key: str
    heading: str
    body: str


@dataclass(frozen=True)
class Mapping:
    roles: tuple[Role, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    queues: tuple[Queue, ...] = ()
    channels: tuple[Channel, ...] = ()
    aliases: tuple[Alias, ...] = ()
    templates: tuple[Template, ...] = ()
    prose: tuple[Prose, ...] = ()
    links: tuple[Link, ...] = ()
    calendars: tuple[Calendar, ...] = ()

    def role(self, key: str) -> Role | None:
        return next((role for role in self.roles if role.key == key), None)

    def scenario(self, key: str) -> Scenario | None:
        return next((scenario for scenario in self.scenarios if scenario.key == key), None)

    def channel(self, key: str) -> Channel | None:
        return next((channel for channel in self.channels if channel.key == key), None)

    def queue(self, key: str) -> Queue | None:
        return next((queue for queue in self.queues if queue.key == key), None)

    def template(self, key: str) -> str:
        return next((template.body for template in self.templates if template.key == key), "")

    def alias(self, kind: str, text: str) -> Alias | None:
        return next((alias for alias in self.aliases if alias.kind == kind and alias.matches(text or "")), None)

    def twins(self, scenario: Scenario, day: date) -> tuple[Scenario, ...]:
        """The scenario and those in force on `day` that are the same card under another role, the card's own first."""
        root = scenario.twin_of or scenario.key
        return tuple(s for s in self.scenarios if root in (s.key, s.twin_of) and s.in_force(day))


def to_dict(mapping: Mapping) -> dict:
    return asdict(mapping)


def from_dict(data: dict) -> Mapping:
    return _read(Mapping, data)


def content_hash(mapping: Mapping) -> str:
    """SHA-256 of the stored form; two mappings are the same if and only if these are equal."""
    text = json.dumps(to_dict(mapping), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _read(kind: type, data: dict) -> typing.Any:
    hints = typing.get_type_hints(kind)
    return kind(**{f.name: _value(hints[f.name], data[f.name]) for f in fields(kind) if f.name in data})


def _value(hint: typing.Any, value: typing.Any) -> typing.Any:
    if value is None:
        return None
    if isinstance(hint, types.UnionType):
        hint = next(arg for arg in hint.__args__ if arg is not type(None))
    if typing.get_origin(hint) is tuple:
        item = typing.get_args(hint)[0]
        return tuple(_value(item, entry) for entry in value)
    return _read(hint, value) if is_dataclass(hint) else value

"""What was seen of a ticket, its customer and the people, each value with its source and age.

Gateways return plain JSON values of the shapes below; actions store them as snapshots; rules read them
through these classes. A value that could not be read is an answer too: `Seen.error` says why.

Shapes (all keys always present, None where the service has nothing):

* ticket   {"instance", "id", "subject", "priority": urgent|high|normal|low|None, "state": new|open|pending|hold|solved|closed,
            "form", "tags": [str], "created_at", "updated_at": ISO 8601 UTC, "requester", "domain": of the requester's address,
            "end_users": int (people outside who read the thread), "followers": [email], "url",
            "organization": None | {"id", "name", "salesforce_id", "external_id", "notes", "region", "account_owner", "csm"}}
* comments [{"author", "public": bool, "from_support": bool|None (who wrote it is not known), "at", "body"}], newest first: the
            newest MOST_COMMENTS, and after them the last public one from Support if it is older than those
* account  {"id" (18 characters), "name", "type", "region", "url", "channel_id", "owner": person|None,
            "csm": person|None, "csm_name": text|None, "unreadable": [field],
            "opportunities": [{"id", "name", "created_at", "close_on", "stage", "owner": person|None}]} newest first, the
            newest MOST_OPPORTUNITIES
            with person {"id", "name", "email", "active": bool}
* slack person   None | {"id", "name", "timezone", "status_text", "status_emoji", "active": bool, "guest": bool (of another
                   company, or let into some channels only)}
* name of slack [{slack person, "email", "title"}]: the active colleagues of exactly that name, of a CSM who is only a name
* zendesk person None | {"id", "name", "role": end-user|agent|admin, "active": bool, "may_follow": bool|None (not known)}
* channel  None | {"id", "name", "private": bool, "archived": bool, "bot_is_member": bool, "readers": int,
                   "external": bool (shared with another company)}
* members  {slack id: bool, or None where it is not known}: who of the people asked about is in a channel
* pauses   {slack id: [from, until: ISO 8601 UTC] | None}: the pause of their notifications that holds or comes next; see pauses.Pause
* accounts [{"id", "name", "type", "website", "why"}] of Salesforce: suggestions, where the organization names no account
* account_choice of the portal: {"id", "name", "by", "organization", "named"}: an engineer's choice among them, for this organization;
            "linked", the id that it named or "", in place of "named" where the choice is from before that was kept
* person_choice of the portal: {"name", "email", "written", "among": int, "by", "of": the customer}: who a written name is, an engineer said
* corrections [{"key", "account_id", "role", "email", "name", "instead", "use_email", "use_name", "valid_from", "valid_until", "reason",
              "said_by", "recorded_on"}] the oldest first, of the portal itself: see corrections.Correction
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from .escaping import one_line
from .salesforce_ids import MEANT, account_id

MOST_COMMENTS = 10
MOST_OPPORTUNITIES = 5
MOST_OF_A_NAME = 200
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# Why a value could not be read, in the words a page uses. One word for one thing in gateways, tables and pages.
LOOKUP_ERRORS = {
    "not_found": "is not there",
    "deleted": "was deleted",
    "late": "took too long to answer",
    "unreachable": "could not be reached",
    "malformed": "answered something that is not data",
    "credentials": "refused the portal's credentials",
    "forbidden": "does not let the portal read this",
    "limited": "asks us to wait (too many requests)",
    "failed": "answered with an error",
    "skipped": "was left out by the engineer",
    "disconnected": "is no longer connected to the portal",
}


def _text(value: Any) -> str:
    """Whatever a service put there, as text; nothing where it has nothing."""
    return "" if value is None else str(value)


def _name(value: Any) -> str:
    """What stands in the words of a message and of the explanation: nobody's name is a line of its own, or fills the message."""
    return one_line(_text(value), MOST_OF_A_NAME)


def clean(value: Any) -> Any:
    """What a service sent, without what no database keeps: NUL, and the half of an emoji that cutting a text leaves."""
    if isinstance(value, str):
        return UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: clean(one) for key, one in value.items()}
    return [clean(one) for one in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Seen:
    """One value as read from one service at one instant, or why it could not be read.

    `stale` says that this is the last known value: at `tried_at` the service was asked again and did not answer, with this code.
    """

    source: str
    key: str
    value: Any
    seen_at: datetime
    error: str = ""
    detail: str = ""
    stale: str = ""
    tried_at: datetime | None = None

    @property
    def known(self) -> bool:
        return not self.error

    @property
    def trouble(self) -> str:
        """Why it could not be read, as the rest of a sentence that starts with the service; a detail that is a sentence follows."""
        detail = self.detail if self.detail[:1].isupper() else ""
        code = self.error or self.stale
        return ". ".join(filter(None, (LOOKUP_ERRORS.get(code, "could not be read"), detail.rstrip("."))))

    def standing_in(self, failed: "Seen") -> "Seen":
        """This value, as the last known one after `failed`."""
        return replace(self, stale=failed.error, detail=failed.detail, tried_at=failed.seen_at)


@dataclass(frozen=True)
class Person:
    """Somebody named by Salesforce: `active` is False for who has left."""

    name: str
    email: str = ""
    active: bool = True
    salesforce_id: str = ""

    @classmethod
    def read(cls, value: dict | None) -> "Person | None":
        name = _name(value.get("name")) if isinstance(value, dict) else ""
        return cls(name, _text(value.get("email")), bool(value.get("active", True)), _text(value.get("id"))) if name else None


@dataclass(frozen=True)
class Opportunity:
    id: str
    name: str
    created_at: str
    close_on: str
    stage: str
    owner: Person | None

    @classmethod
    def read(cls, value: dict) -> "Opportunity":
        id, *texts = (_text(value.get(key)) for key in ("id", "created_at", "close_on", "stage"))
        return cls(id, _name(value.get("name")), *texts, owner=Person.read(value.get("owner")))


@dataclass(frozen=True)
class Organization:
    """The Zendesk organization; owner and CSM are plain text there, synced hourly, never handles."""

    id: str
    name: str
    salesforce_id: str = ""
    external_id: str = ""
    notes: str = ""
    region: str = ""
    account_owner: str = ""
    csm: str = ""

    @property
    def linked(self) -> str:
        """The account that Zendesk names, as it is written there; "" when it names none.

        What is no id at all hides none; a mistyped one does, or the ticket were another customer's without a word.
        """
        written = [text for text in (self.salesforce_id.strip(), self.external_id.strip()) if text]
        return next(filter(MEANT.search, written), written[0] if written else "")

    @property
    def linked_id(self) -> str:
        """The same as a Salesforce id of 18 characters; "" when it is none."""
        try:
            return account_id(self.linked)
        except ValueError:
            return ""

    @property
    def named(self) -> str:
        """What tells whether it names another account than before: the id, or what is written in its place."""
        return self.linked_id or self.linked

    @classmethod
    def read(cls, value: dict | None) -> "Organization | None":
        if not isinstance(value, dict):
            return None
        texts = {key: _text(value.get(key)) for key in ("id", "salesforce_id", "external_id", "notes", "region")}
        return cls(**texts, **{key: _name(value.get(key)) for key in ("name", "account_owner", "csm")})


@dataclass(frozen=True)
class TicketFacts:
    instance: str
    id: int
    subject: str = ""
    priority: str = ""
    state: str = ""
    form: str = ""
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    requester: str = ""
    domain: str = ""
    end_users: int = 0
    followers: tuple[str, ...] = ()
    url: str = ""
    organization: Organization | None = None
    unread: bool = False

    @classmethod
    def read(cls, value: dict) -> "TicketFacts":
        texts = {
            key: _text(value.get(key))
            for key in ("subject", "priority", "state", "form", "created_at", "updated_at", "requester", "domain", "url")
        }
        return cls(
            instance=value["instance"],
            id=int(value["id"]),
            tags=tuple(_text(tag) for tag in value.get("tags") or ()),
            followers=tuple(value.get("followers") or ()),
            end_users=int(value.get("end_users") or 0),
            organization=Organization.read(value.get("organization")),
            **texts,
        )


@dataclass(frozen=True)
class LastReply:
    """Support's last public comment on the ticket; without `at` there is none. `known`: whether the comments tell."""

    known: bool = False
    author: str = ""
    at: str = ""


@dataclass(frozen=True)
class CustomerFacts:
    """The Salesforce account. `csm_name` is the text field of the same meaning, when that is what is configured."""

    id: str
    name: str = ""
    type: str = ""
    region: str = ""
    url: str = ""
    channel_id: str = ""
    owner: Person | None = None
    csm: Person | None = None
    csm_name: str = ""
    unreadable: tuple[str, ...] = ()
    opportunities: tuple[Opportunity, ...] = ()

    @classmethod
    def read(cls, value: dict) -> "CustomerFacts":
        texts = {key: _text(value.get(key)) for key in ("type", "region", "url", "channel_id")}
        texts |= {key: _name(value.get(key)) for key in ("name", "csm_name")}
        return cls(
            id=value["id"],
            owner=Person.read(value.get("owner")),
            csm=Person.read(value.get("csm")),
            unreadable=tuple(value.get("unreadable") or ()),
            opportunities=tuple(Opportunity.read(item) for item in value.get("opportunities") or () if item),
            **texts,
        )


@dataclass(frozen=True)
class Facts:
    """Everything seen for one draft, by (source, key)."""

    seen: dict[tuple[str, str], Seen] = field(default_factory=dict)

    @classmethod
    def of(cls, items: Iterable[Seen]) -> "Facts":
        return cls({(item.source, item.key): item for item in items})

    def having(self, items: Iterable[Seen]) -> "Facts":
        """These, with `items` in the place of what was seen before."""
        return Facts({**self.seen, **Facts.of(items).seen})

    def all_read_at(self, at: datetime, *, but: tuple[str, str]) -> "Facts":
        """The same, as if all `but` one had been read at one instant."""
        return Facts({name: item if name == but else replace(item, seen_at=at) for name, item in self.seen.items()})

    def get(self, source: str, key: str) -> Seen | None:
        return self.seen.get((source, key))

    def value(self, source: str, key: str) -> Any:
        item = self.get(source, key)
        return item.value if item and item.known else None

    @cached_property
    def ticket(self) -> TicketFacts | None:
        value = self.value("zendesk", "ticket")
        return TicketFacts.read(value) if value else None

    @property
    def comments(self) -> list[dict]:
        return self.value("zendesk", "comments") or []

    @property
    def last_reply(self) -> LastReply:
        """Not known after a public comment of somebody unknown, nor where the comments do not reach back to the first one."""
        for comment in self.comments:
            if comment.get("public") and comment.get("from_support") is not False:
                known = bool(comment.get("from_support"))
                return LastReply(known, _text(comment.get("author")), _text(comment.get("at"))) if known else LastReply()
        return LastReply(known=0 < len(self.comments) < MOST_COMMENTS)

    @property
    def account_choice(self) -> dict | None:
        """Which account an engineer said it is; it ends when the ticket's organization, or what that names, is another."""
        choice = self.value("portal", "account_choice")
        if not choice or not self.ticket:
            return None
        organization = self.ticket.organization or Organization("", "")
        was, now = (choice["named"], organization.named) if "named" in choice else (choice["linked"], organization.linked_id)
        return choice if (choice["organization"], was) == (organization.id, now) else None

    @property
    def account_id(self) -> str:
        """The account that was chosen, else the one that the ticket's organization names; "" when there is neither."""
        if self.account_choice:
            return self.account_choice["id"]
        organization = self.ticket.organization if self.ticket else None
        return organization.linked_id if organization else ""

    @property
    def accounts(self) -> list[dict]:
        """Which accounts it may be, while nobody has said which."""
        return [] if self.account_choice else self.value("salesforce", "accounts") or []

    @cached_property
    def customer(self) -> CustomerFacts | None:
        """The account of `account_id`; one that was read for another organization is none of ours."""
        value = self.value("salesforce", "account")
        return CustomerFacts.read(value) if value and value.get("id") == self.account_id else None

    @property
    def customer_name(self) -> str:
        """The account's name, else the organization's, else nothing."""
        if self.customer and self.customer.name:
            return self.customer.name
        return self.ticket.organization.name if self.ticket and self.ticket.organization else ""

    def slack_person(self, email: str) -> Seen | None:
        return self.get("slack", f"person:{email.lower()}")

    def zendesk_person(self, email: str) -> Seen | None:
        return self.get("zendesk", f"person:{email.lower()}")

    def channel(self, channel_id: str) -> Seen | None:
        return self.get("slack", f"channel:{channel_id}")

    def members(self, channel_id: str) -> Seen | None:
        return self.get("slack", f"members:{channel_id}")

    def is_member(self, channel_id: str, slack_id: str) -> bool | None:
        """Whether the person is in the channel; None where nobody could tell."""
        return (self.value("slack", f"members:{channel_id}") or {}).get(slack_id)

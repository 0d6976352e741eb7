"""Zendesk: read a ticket and its people; write one internal note exactly once. The only importer of zenpy is its door.

Times are ISO 8601 UTC, shapes those of rules.facts. Reads raise LookupFailed, writes DeliveryError, nothing else.
"""

from collections.abc import Callable
from urllib.parse import quote

from escalations.gateways import zendesk_shapes as shapes
from escalations.gateways.base import Deadline, LookupFailed, Receipt
from escalations.gateways.faults import reading
from escalations.gateways.tokens import Token
from escalations.gateways.transport import Hosts
from escalations.gateways.zendesk_history import audits, incomplete, portal_key
from escalations.gateways.zendesk_note import Note, note_receipt
from escalations.gateways.zendesk_people import People
from escalations.gateways.zendesk_session import Door
from escalations.rules.facts import MOST_COMMENTS


class Zendesk:
    """One Zendesk instance. `restricted` (US Government): reads give links only, comments and cc are off."""

    def __init__(
        self,
        instance: str,
        host: str,
        *,
        client_id: str,
        client_secret: str,
        restricted: bool = False,
        base: str | None = None,
        hosts: Hosts | None = None,
        token: Token | None = None,
    ):
        self.instance, self.host, self.restricted = instance, host, restricted
        self._door = Door(host, client_id, client_secret, token or Token(), hosts or Hosts([host]), base)

    def ticket_url(self, ticket_id: int) -> str:
        return f"https://{self.host}/agent/tickets/{int(ticket_id)}"

    def ticket(self, ticket_id: int, *, deadline: Deadline) -> dict:
        """Return the ticket of rules.facts with its organization, in one request."""
        include = "organizations,ticket_forms" if self.restricted else "users,organizations,ticket_forms"
        with reading("zendesk"):
            answer = self._read(f"/api/v2/tickets/{int(ticket_id)}.json?include={include}", deadline)
            if answer["ticket"].get("status") == "deleted":
                raise LookupFailed("zendesk", "deleted", "was deleted")
            url = self.ticket_url(ticket_id)
            return shapes.ticket_facts(self.instance, url, answer, links_only=self.restricted)

    def comments(self, ticket_id: int, *, deadline: Deadline) -> list[dict]:
        """Return the comments of rules.facts in one request; none, without a request, of a restricted instance.

        A hundred are asked for, because the last public one from Support may be older than those that are kept.
        """
        if self.restricted:
            return []
        with reading("zendesk"):
            path = f"/api/v2/tickets/{int(ticket_id)}/comments.json?include=users&sort_order=desc&per_page=100"
            answer = self._read(path, deadline)
            if len(answer["comments"]) < min(int(answer.get("count") or 0), MOST_COMMENTS):
                raise incomplete("sent a part of the comments only")
            return shapes.comment_facts(answer)

    def person(self, email: str, *, deadline: Deadline) -> dict | None:
        """Return the zendesk person of rules.facts with this address; None when nobody has it."""
        with reading("zendesk"):
            if not shapes.EMAIL.fullmatch(email):
                return None
            query = quote(f'email:"{email}"', safe="")
            return shapes.person_facts(self._read(f"/api/v2/users/search.json?query={query}", deadline), email)

    def note(
        self,
        *,
        ticket_id: int,
        body: str,
        key: str,
        follower: str | int | None = None,
        email_cc: str | int | None = None,
        remove_follower: str | int | None = None,
        deadline: Deadline,
        fence: Callable[[], None] | None = None,
    ) -> Receipt:
        """Write an internal note, never a public comment; at most once, because it is compare-and-swap.

        `follower` and `remove_follower` are an address or a Zendesk user id, `email_cc` a user id. Somebody who is not an
        agent is not added as follower and never created. `Receipt.detail` tells, of what was asked for, `follower_added`
        (follows now) and `follower_was_there` (did so before: not ours to remove), `follower_removed`, `email_cc_added`.
        `key` comes back in the audit, where `find_note` looks for it. `fence` is called immediately before the first byte
        of the update: if it raises, nothing is written and the outcome is `fenced`.
        """
        people = People(follower, remove_follower, email_cc)
        return Note(self, self._door, ticket_id, key, deadline, fence).write(body, people)

    def find_note(
        self,
        *,
        ticket_id: int,
        key: str,
        deadline: Deadline,
        follower: str | int | None = None,
        remove_follower: str | int | None = None,
    ) -> Receipt | None:
        """Return the receipt of the note with this key; None only after every page was read.

        With the addresses that were asked for its `detail` tells what `note` would have told, where the audit names them;
        a key that is missing is not known.
        """
        people = People(follower, remove_follower)
        with reading("zendesk"), self._door.open(deadline) as tickets:
            for audit in audits(self._door, tickets, int(ticket_id)):
                if portal_key(audit) == key:
                    return note_receipt(self, int(ticket_id), audit, people.told_by(audit))
            return None

    def _read(self, path, deadline):
        with self._door.open(deadline) as tickets:
            return self._door.get(tickets, path).json()

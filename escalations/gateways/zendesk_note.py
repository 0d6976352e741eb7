"""The one write to Zendesk: read the ticket, compare its stamp, put the note, check what came back."""

from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from escalations.gateways import zendesk_shapes as shapes
from escalations.gateways.base import DeliveryError, LookupFailed, Receipt
from escalations.gateways.faults import preparing, writing
from escalations.gateways.troubles import Refused
from escalations.gateways.zendesk_people import People

SETTLED_SECONDS = 2  # stamps have a resolution of one second: two updates of the same second share one


class Note:
    """One attempt. `zendesk` is the instance's gateway, for look-ups; `fence` is called before the first byte of the update."""

    def __init__(self, zendesk, door, ticket_id: int, key: str, deadline, fence=None):
        self.zendesk, self.door, self.ticket_id, self.key, self.deadline = zendesk, door, ticket_id, key, deadline
        self.fence = fence

    def write(self, body: str, people: People) -> Receipt:
        with preparing("zendesk"):
            self.ticket_id = int(self.ticket_id)
            if people.email_cc and self.zendesk.restricted:
                raise DeliveryError("Cc is switched off in this Zendesk instance.", outcome="permanent", code="cc_off")
            ids = people.known(lambda who: self.zendesk.person(who, deadline=self.deadline))
        with _on_this_ticket(), self.door.open(self.deadline, self.fence) as tickets:
            with preparing("zendesk"):
                before = self._settled(self.door.get(tickets, self._path))
                change = self._change(body, before["updated_at"], ids)
            with writing("zendesk"):
                try:
                    answer = self.door.put(tickets, self._path, change).json()
                except Refused as refused:
                    if refused.status != 409:
                        raise
                    return self._after_conflict(people)
                detail = people.came_of_it(ids, before, answer["ticket"])
                return note_receipt(self.zendesk, self.ticket_id, answer["audit"], detail)

    @property
    def _path(self):
        return f"/api/v2/tickets/{self.ticket_id}.json"

    def _settled(self, response):
        """Return the ticket as it is, unless it cannot be updated or was this very second."""
        ticket = response.json()["ticket"]
        if ticket["status"] in ("closed", "deleted"):
            text = f"The ticket is {ticket['status']}: nothing can be added to it."
            raise DeliveryError(text, outcome="permanent", code=ticket["status"])
        age = (_now(response) - datetime.fromisoformat(ticket["updated_at"])).total_seconds()
        if age < SETTLED_SECONDS:
            wait = min(SETTLED_SECONDS - age, 60.0)
            text = "The ticket was changed this very second."
            raise DeliveryError(text, outcome="not_sent", code="just_changed", retry_after=wait)
        return ticket

    def _change(self, body, stamp, ids):
        change = {
            "comment": {"body": shapes.plain(body), "public": False},
            "metadata": {"portal_key": self.key},
            "safe_update": True,
            "updated_stamp": stamp,
        }
        return {"ticket": change | ids.change()}

    def _after_conflict(self, people):
        """409: this update was not applied, but an earlier one of ours may just have been. So look."""
        try:
            found = self.zendesk.find_note(
                ticket_id=self.ticket_id,
                key=self.key,
                deadline=self.deadline,
                follower=people.follower,
                remove_follower=people.remove_follower,
            )
        except LookupFailed:
            text = "The ticket was changed at the same moment, and its history could not be read."
            raise DeliveryError(text, outcome="ambiguous", code="conflict") from None
        if found:
            return found
        text = "Somebody else changed the ticket at the same moment."
        raise DeliveryError(text, outcome="not_sent", code="conflict", retry_after=float(SETTLED_SECONDS))


@contextmanager
def _on_this_ticket():
    """403 to the ticket itself says that an agent's role, group or restriction keeps the portal out of it."""
    try:
        yield
    except DeliveryError as error:
        if error.code != "http_403":
            raise
        text = "Zendesk does not let the portal write on this ticket (403)."
        raise DeliveryError(text, outcome=error.outcome, code=error.code, retry_after=error.retry_after) from None


def note_receipt(zendesk, ticket_id: int, audit: dict, detail: dict | None = None) -> Receipt:
    """The remote id is instance:ticket:audit, the same whether just written or found again."""
    at = datetime.fromisoformat(audit["created_at"]) if audit.get("created_at") else None
    remote_id = f"{zendesk.instance}:{ticket_id}:{audit['id']}"
    return Receipt(remote_id, zendesk.ticket_url(ticket_id), at, detail or {})


def _now(response):
    """The service's clock, ours when it does not tell."""
    try:
        return parsedate_to_datetime(response.headers["Date"])
    except (KeyError, TypeError, ValueError):
        return datetime.now(UTC)

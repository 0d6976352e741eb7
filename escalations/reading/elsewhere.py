"""What sending a dead letter's words to another place would do, read before anybody is asked for a reason."""

from dataclasses import dataclass

from escalations.gateways.base import Deadline, LookupFailed
from escalations.models import Delivery
from escalations.models.planning import is_restricted
from escalations.rules.places import cannot_post_in

from .attention import label_of, whom_of
from .targets import CannotTakeIt

REASONS = ("Its first place does not take it", "They read there", "It cannot wait until the cause is mended")
DIRECT = ("group:", "person:")


@dataclass(frozen=True)
class Step:
    """`found`: whether the person is there, a sentence; `ok` as in a Check. `opens`: who could not read it before, "" where nobody."""

    delivery: Delivery
    target: str
    place: str
    first_place: str
    customer: str
    whom: str
    ok: bool | None
    found: str
    opens: str

    @property
    def asked(self) -> str:
        """As the form asks for it: a channel's id, a ticket's number."""
        return self.target if self.delivery.system == "slack" else self.target.rpartition(":")[2]


def step(row: Delivery, target: str, place: str, gateways, *, seconds: float) -> Step:
    """Asks Slack about the channel, within `seconds`; what it does not say is said to be unknown. Raises CannotTakeIt."""
    escalation, whom = row.escalation, whom_of(row)
    customer = "" if is_restricted(escalation.instance) else escalation.customer_name
    if row.system == "slack":
        ok, found, readers = _in_channel(row, target, place, gateways, Deadline(seconds))
    else:
        ok, found, readers = *_on_ticket(row, whom), None
    return Step(row, target, place, label_of(row), customer, whom, ok, found, _opens(row, place, readers))


def _in_channel(row: Delivery, target: str, place: str, gateways, deadline: Deadline) -> tuple[bool | None, str, int | None]:
    """Whether the person is in it, in words, and how many people are."""
    try:
        channel = gateways.slack.channel(target, deadline=deadline)
    except LookupFailed as failed:
        return None, f"Nobody can tell whether {row.mentions or 'anybody'} is in {place}: {_why(failed)}.", None
    refused = cannot_post_in(channel, place)
    if refused:
        raise CannotTakeIt(f"Nothing was sent: {refused.text}.")
    return *_is_in(row, target, place, gateways, deadline), channel["readers"]


def _is_in(row: Delivery, target: str, place: str, gateways, deadline: Deadline) -> tuple[bool | None, str]:
    who = row.mentions
    if not who:
        return True, f"Nobody is mentioned: whoever reads in {place} sees it."
    slack_id = next((key for key, name in row.place.get("people", {}).items() if name == who), "")
    try:
        listed = gateways.slack.members(target, deadline=deadline) if slack_id else None
    except LookupFailed as failed:
        return None, f"Nobody can tell whether {who} is in {place}: {_why(failed)}."
    if listed and slack_id in listed[0]:
        return True, f"{who} is mentioned, and is in {place}."
    if listed and listed[1]:
        return False, f"{who} is not in {place}: a mention there does not reach them."
    why = "Slack does not tell the portal all its members" if slack_id else "the portal does not know who they are in Slack"
    return None, f"Nobody can tell whether {who} is in {place}: {why}."


def _on_ticket(row: Delivery, whom: str) -> tuple[bool, str]:
    if row.cc == "email_cc":
        return False, f"{whom} is put in cc there: the customer sees the address, not this note."
    return True, f"{whom} follows that ticket then, unseen by the customer." if whom else "Nobody is put on that ticket."


def _opens(row: Delivery, place: str, readers: int | None) -> str:
    if row.system != "slack" or not row.target.startswith(DIRECT):
        return ""
    who = f"{readers} people" if readers else "everybody there; Slack does not say how many people that is"
    return f"This was a private direct message. In {place} it can be read by {who}."


def _why(failed: LookupFailed) -> str:
    return f"Slack could not be asked ({(failed.detail or failed.code).rstrip('.')})"

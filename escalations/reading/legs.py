"""One escalation's deliveries as its page shows them: the state in words, what was tried and read, what takes it back."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from escalations.models import Delivery
from escalations.models.delivery import WITHDRAWAL
from escalations.models.lanes import lane_of
from escalations.rules.states import ARRIVED, DELIVERY_WORDS

from .trail import Step

THING = {"slack": "message", "zendesk": "note", "email": "e-mail"}
PAUSED = "waiting to be sent: {} is in trouble and paused, next attempt {}"
# By a delivery's cc: as what somebody is put on the ticket, and what the receipt says of it.
ADDED = {"follower": "as follower", "email_cc": "in cc"}
TAKEN = {"follower": "follower_added", "email_cc": "email_cc_added"}
# The state of what takes another delivery back, where the usual words would be odd.
BACK_WORDS = {
    "pending": "waiting to be taken back",
    "sending": "being taken back",
    "dead": "could not be taken back",
    "needs_a_person": "nobody can tell whether it was taken back; a team lead has to look",
    "closed_sent": "closed by a team lead: it is taken back",
    "closed_not_sent": "closed by a team lead: it was not taken back",
}


@dataclass(frozen=True)
class Leg:
    """A delivery for the page. `words` is its state in one sentence, `said` what the service said last, where that is not in it.

    `added`: as what the person was put on the ticket, "" where Zendesk did not take them. `later`: what withdraws it.
    `instead`: it stands in for another one, which did not get through.
    """

    delivery: Delivery
    words: str
    said: str
    steps: tuple[Step, ...]
    added: str = ""
    later: tuple["Leg", ...] = ()
    instead: bool = False

    @property
    def taken_back(self) -> bool:
        return self.delivery.state == "delivered" and any(leg.delivery.state in ARRIVED for leg in self.later)

    @property
    def found_later(self) -> datetime | None:
        """When the service received it, where that was found out only minutes later."""
        at = datetime.fromisoformat(self.delivery.receipt["at"]) if self.delivery.receipt.get("at") else None
        late = at and self.delivery.settled_at and self.delivery.settled_at - at > timedelta(seconds=30)
        return at if late else None

    @property
    def tried(self) -> str:
        """How often it was sent and looked for; nothing for what arrived at the first attempt, or is under way in it."""
        attempts = sum(1 for step in self.steps if step.n)
        looks = len(self.steps) - attempts
        if attempts <= 1 and not looks and all(step.outcome in ("delivered", "") for step in self.steps):
            return ""
        parts = [f"{attempts} {'attempt' if attempts == 1 else 'attempts'}"] if attempts else []
        return " and ".join([*parts, f"{looks} {'look' if looks == 1 else 'looks'}"] if looks else parts)


def legs(
    deliveries: list[Delivery], steps: dict[int, list[Step]], pauses: dict[tuple[str, str], datetime], *, now: datetime
) -> list[Leg]:
    """Those of the plan, each with its withdrawals; what stands in for another one follows it.

    `pauses`: (lane, state) -> until when nothing of that state is sent, or looked for.
    """
    later: dict[int, list[Leg]] = {}
    for row in deliveries:
        if row.purpose == WITHDRAWAL:
            later.setdefault(row.origin_id, []).append(_leg(row, steps, pauses, now))
    own = [row for row in deliveries if row.purpose != WITHDRAWAL]
    return [_leg(row, steps, pauses, now, tuple(later.get(row.pk, ()))) for row in own]


def _leg(
    row: Delivery,
    steps: dict[int, list[Step]],
    pauses: dict[tuple[str, str], datetime],
    now: datetime,
    later: tuple[Leg, ...] = (),
) -> Leg:
    trail = tuple(steps.get(row.pk, ()))
    under_way = row.state in ("pending", "uncertain") and row.last_words
    said = "" if under_way or row.state == "delivered" else row.last_words
    added = ADDED.get(row.cc, "")
    if added and row.receipt.get(TAKEN[row.cc]) is False:
        said, added = f"Zendesk took the note, but did not add {row.escalation.contact_name or 'the person'} {added}.", ""
    replaces = row.origin_id is not None and row.purpose != WITHDRAWAL
    words = state_in_words(row, pauses.get((lane_of(row), row.state)), now=now)
    return Leg(row, words, said, trail, added, later, replaces)


def state_in_words(row: Delivery, paused_until: datetime | None, *, now: datetime) -> str:
    """“Slack took too long to answer; checking whether the message is there, next look in 40 s”."""
    said, held = row.last_words.rstrip("."), paused_until is not None and paused_until > row.due_at
    due = paused_until if held else row.due_at
    if row.state == "uncertain":
        looking = f"checking whether the {THING[row.system]} is there"
        said = said or f"{row.get_system_display()} did not answer clearly"
        told = said if re.search(r"\b(checking|looking)\b", said, re.IGNORECASE) else f"{said}; {looking}"
        return f"{told}, next look {when(due, now)}"
    if row.state == "pending" and said:
        return f"{said}; next attempt {when(due, now)}"
    if row.state == "pending" and held:
        return PAUSED.format(row.get_system_display(), when(due, now))
    if row.purpose == WITHDRAWAL:
        return _taken_back(row) if row.state == "delivered" else BACK_WORDS.get(row.state, DELIVERY_WORDS[row.state])
    return DELIVERY_WORDS[row.state]


def _taken_back(row: Delivery) -> str:
    if row.system == "slack":
        return "taken back: in its place stands who withdrew it and why"
    who = follower_named(row, row.content.get("remove_follower"))
    return f"taken back: a second note says so{f', and {who} no longer follows the ticket' if who else ''}"


def follower_named(row: Delivery, address: str | None) -> str:
    """A follower by name, where it is the person who was told."""
    escalation = row.escalation
    return escalation.contact_name if address and address.lower() == escalation.contact_email.lower() else address or ""


def when(due: datetime, now: datetime) -> str:
    """In 40 s, in 3 min; the page shows it anew each second."""
    seconds = (due - now).total_seconds()
    if seconds < 1:
        return "now"
    return f"in {seconds:.0f} s" if seconds < 90 else f"in {seconds / 60:.0f} min"

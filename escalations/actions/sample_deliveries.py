"""The deliveries of a sample in their final states, each with the attempts that led there."""

import uuid
from datetime import datetime, timedelta
from random import Random

from escalations.models import Attempt, Delivery, Escalation
from escalations.rules.legs import PlannedLeg
from escalations.rules.states import DELIVERY_ENDS

from .records import delivery_row

# How many of a hundred escalations ended in these delivery states; all others were delivered.
ENDED = {"dead": 2, "needs_a_person": 1, "closed_not_sent": 2, "closed_sent": 1, "cancelled": 2}
OUTCOMES = {
    "dead": "permanent",
    "needs_a_person": "ambiguous",
    "closed_not_sent": "permanent",
    "closed_sent": "ambiguous",
}
LAST_WORDS = {
    "needs_a_person": "There was no clear answer, and what can be read does not tell whether it arrived.",
    "closed_not_sent": "It had not arrived; the colleague was called instead.",
    "closed_sent": "It had arrived; a team lead looked.",
    "cancelled": "Withdrawn before it was sent.",
}
REFUSED = {"zendesk": "Zendesk takes no notes on a closed ticket.", "slack": "The channel is archived."}


def deliveries(row: Escalation, legs: tuple[PlannedLeg, ...], n: int, random: Random):
    """Each leg's delivery in its final state, with its attempts. Trouble meets one leg; a withdrawal all of them."""
    trouble = random.choices(["", *ENDED], [100 - sum(ENDED.values()), *ENDED.values()])[0]
    ended = []
    for place, leg in enumerate(legs):
        state = trouble if trouble and (place == 0 or trouble == "cancelled") else "delivered"
        ended.append(_delivery(row, leg, state, f"sample-{n}-{place}", random))
    return ended


def _delivery(row: Escalation, leg: PlannedLeg, state: str, remote_id: str, random: Random):
    tries = 0 if state == "cancelled" else 2 if random.random() < 0.06 else 1
    begun = [row.submitted_at + timedelta(seconds=8 + 30 * n + random.random()) for n in range(tries)]
    arrived = state == "delivered"
    settled_at = (begun[-1] if begun else row.submitted_at) + timedelta(seconds=1.2)
    delivery = delivery_row(row, leg, at=row.submitted_at, key=uuid.UUID(int=random.getrandbits(128), version=4))
    delivery.state, delivery.attempts = state, tries
    delivery.settled_at = settled_at if state in DELIVERY_ENDS else None
    delivery.remote_id = remote_id if arrived else None
    delivery.last_words = _last_words(state, leg.system)
    return delivery, [_attempt(delivery, n, at, n == tries, state) for n, at in enumerate(begun, 1)]


def _attempt(delivery: Delivery, n: int, at: datetime, last: bool, state: str) -> Attempt:
    outcome = OUTCOMES.get(state, "delivered") if last else "not_sent"
    words = delivery.last_words if last else "The service asked us to wait (too many requests)."
    return Attempt(
        delivery=delivery,
        n=n,
        worker="sample",
        started_at=at,
        ended_at=at + timedelta(seconds=1),
        outcome=outcome,
        words=words,
    )


def _last_words(state: str, system: str) -> str:
    return REFUSED[system] if state == "dead" else LAST_WORDS.get(state, "")

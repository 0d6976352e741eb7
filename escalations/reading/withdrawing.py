"""What a withdrawal would do, leg by leg, and what it cannot unsay: read before it is asked for."""

from dataclasses import dataclass

from escalations.models import Delivery, Escalation
from escalations.models.delivery import AFTERWARDS
from escalations.rules.states import ARRIVED

from .legs import follower_named

NOT_SENT = ("dead", "cancelled", "closed_not_sent")


@dataclass(frozen=True)
class Consequence:
    """`does`: what happens to the leg. `stays`: what nobody can take back; empty when there is nothing of that kind."""

    delivery: Delivery
    does: str
    stays: str = ""


def can_be_withdrawn(escalation: Escalation, deliveries: list[Delivery]) -> bool:
    """Whether anything of it was or will be sent, and it was not withdrawn already. Samples never were."""
    if escalation.sample:
        return False
    own = [row for row in deliveries if row.purpose not in AFTERWARDS]
    return escalation.withdrawn_at is None and any(row.state not in NOT_SENT for row in own)


def consequences(escalation: Escalation) -> list[Consequence]:
    rows = escalation.deliveries.exclude(purpose__in=AFTERWARDS).order_by("pk")
    return [_consequence(row) for row in rows]


def _consequence(row: Delivery) -> Consequence:
    if row.state in ARRIVED and row.place_is_known:
        return Consequence(row, *(_message(row) if row.system == "slack" else _note(row)))
    # Sent again by a team lead, it waits, and may have arrived all the same.
    return Consequence(row, *_OTHERWISE["uncertain" if row.state == "pending" and row.in_doubt else row.state])


_UNDER_WAY = "As soon as it is known whether it arrived, it is taken back, or not sent again."
_OTHERWISE = {
    "pending": ("It is cancelled: it has not been sent.",),
    "sending": (_UNDER_WAY, "People may read it until then."),
    "uncertain": (_UNDER_WAY, "People may read it until then."),
    "needs_a_person": (
        "It is not sent again. If a team lead looks and finds it, it is taken back.",
        "Nobody can tell whether it arrived; people may have read it.",
    ),
    "closed_sent": ("Nothing: the portal does not know its exact place.", "It has to be taken back by hand."),
    **dict.fromkeys(NOT_SENT, ("Nothing: it was never sent.",)),
}


def _message(row: Delivery) -> tuple[str, str]:
    does = "The message is replaced by one line: who withdrew it, when and why. It mentions nobody."
    read = f"{row.mentions} was notified and" if row.mentions else "People"
    return does, f"{read} may have read it. Answers in its thread stay."


def _note(row: Delivery) -> tuple[str, str]:
    does, stays = "A second internal note says that the first one no longer counts", "The first note stays in Zendesk"
    receipt, follower = row.receipt, follower_named(row, row.content.get("follower"))
    if receipt.get("follower_added") and not receipt.get("follower_was_there", True):
        does += f", and {follower} no longer follows the ticket"
    elif row.cc == "follower" and "follower_added" not in receipt:  # closed by a team lead, who saw the note
        stays += f". The portal does not know whether it was this note that put {follower} on the ticket as follower, and removes nobody"
    elif row.cc == "follower":
        stays += ", and who followed the ticket before goes on following it"
    if row.cc == "email_cc" or row.visibility == "customer":
        stays += (
            ". The cc stays on the ticket until somebody takes it off in Zendesk, "
            "and an e-mail that the customer's side already has cannot be unsent"
        )
    return f"{does}.", f"{stays}."

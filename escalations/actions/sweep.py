"""What was in somebody's hand and is not any more becomes uncertain: never lost, never sent again blindly."""

from escalations.models import Delivery, Worker
from escalations.models.clock import database_now
from escalations.models.lanes import in_no_lane

from .delivery import claim, due, nothing_escapes
from .moves import settle
from .ownership import Owner, gone

GONE = "The worker stopped during this attempt."
LET_FALL = "What became of this attempt could not be written down."


def sweep(owner: Owner) -> int:
    """Rows of workers whose lock is free, and those of this worker that none of its threads works on; how many."""
    Worker.objects.filter(pk=owner.worker.pk).update(seen_at=database_now())
    sending = list(Delivery.objects.filter(state="sending").select_related("escalation"))
    # After the rows were read: a thread holds a delivery before it claims it. One that has finished meanwhile and taken
    # the same again has a later attempt, which the move does not hold for.
    mine = owner.in_hand()
    dead = set(gone(sorted({row.claimed_by for row in sending} - {owner.name})))
    Worker.objects.filter(name__in=dead, stopped_at=None).update(stopped_at=database_now())
    fallen = [(row, GONE) for row in sending if row.claimed_by in dead]
    fallen += [(row, LET_FALL) for row in sending if row.claimed_by == owner.name and row.pk not in mine]
    return sum(_let_go(row, words) for row, words in fallen) + _hand_over(owner)


def _let_go(delivery: Delivery, words: str) -> bool:
    with nothing_escapes(delivery):
        return settle(
            delivery, "uncertain", f"{words} Checking whether it arrived.", by="sweeper", attempt="interrupted",
            trouble="interrupted", due_at=database_now(),
        )  # fmt: skip
    return False


def _hand_over(owner: Owner) -> int:
    """What is due to a service that is not in the settings any more is a person's: no lane takes it. How many."""
    rows = due(state="pending") | due(state="uncertain")
    return sum(_needs_a_person(row, owner) for row in rows.filter(in_no_lane()).select_related("escalation"))


def _needs_a_person(delivery: Delivery, owner: Owner) -> bool:
    with nothing_escapes(delivery), owner.holding(delivery.pk) as mine:
        if not mine:
            return False
        words = f"The Zendesk instance {delivery.target.partition(':')[0]} is not configured any more"
        if delivery.state == "uncertain":
            return settle(
                delivery, "needs_a_person", f"{words}: look there whether it arrived.", by="sweeper", trouble="not_configured"
            )
        if delivery.in_doubt:  # nobody may say that nothing was sent: the next round hands it on
            return settle(delivery, state="uncertain", words=f"{words}.", by="sweeper", due_at=database_now())
        claimed = claim(delivery.pk, delivery.escalation_id, owner=owner)
        return claimed is not None and settle(
            claimed, "dead", f"{words}: nothing was sent.", by=owner.name, attempt="permanent", trouble="not_configured",
            settled_at=database_now(),
        )  # fmt: skip
    return False

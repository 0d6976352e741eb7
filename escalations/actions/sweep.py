"""What was in somebody's hand and is not any more becomes uncertain: never lost, never sent again blindly."""

from escalations.models import Delivery, Worker
from escalations.models.clock import database_now

from .delivery import nothing_escapes
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
    return sum(_let_go(row, words) for row, words in fallen)


def _let_go(delivery: Delivery, words: str) -> bool:
    with nothing_escapes(delivery):
        return settle(
            delivery, "uncertain", f"{words} Checking whether it arrived.", by="sweeper", attempt="interrupted",
            trouble="interrupted", due_at=database_now(),
        )  # fmt: skip
    return False

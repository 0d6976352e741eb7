"""What was in somebody's hand and is not any more becomes uncertain: never lost, never sent again blindly."""

from django.conf import settings

from escalations.models import Delivery, Worker
from escalations.models.clock import database_now
from escalations.models.delivery import called_off
from escalations.models.lanes import in_no_lane

from .delivery import TOO_OLD, claim, due, nothing_escapes
from .moves import call_off, on, settle
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
    """What is due and no lane takes is a person's: to a service that is not in the settings any more, or too old. How many."""
    nowhere, waits = in_no_lane(), due().select_related("escalation")
    handed = sum(_call_off(row) for row in waits.filter(called_off()))
    handed += sum(_look_there(row) for row in due(state="uncertain").filter(nowhere).select_related("escalation"))
    handed += sum(_not_sent(row, owner, _not_configured(row), "not_configured", attempt="permanent") for row in waits.filter(nowhere))
    return handed + sum(_not_sent(row, owner, _too_old(), "too_old", attempt="not_sent") for row in waits.filter(TOO_OLD))


def _call_off(row: Delivery) -> bool:
    """What waited already when its escalation was refused or closed by a version that went on sending: no claim takes it."""
    with nothing_escapes(row), on(row.escalation_id, by="sweeper") as (opened, escalation):
        call_off(opened, escalation, row)
        return row.state != "pending"
    return False


def _not_configured(row: Delivery) -> str:
    return f"The Zendesk instance {row.target.partition(':')[0]} is not configured any more"


def _too_old() -> str:
    return f"Too old, not sent within {settings.DELIVERY_GIVE_UP_SECONDS / 3600:g} hours"


def _look_there(row: Delivery) -> bool:
    with nothing_escapes(row):
        words = f"{_not_configured(row)}: look there whether it arrived."
        return settle(row, "needs_a_person", words, by="sweeper", trouble="not_configured")
    return False


def _not_sent(row: Delivery, owner: Owner, why: str, trouble: str, *, attempt: str) -> bool:
    with nothing_escapes(row), owner.holding(row.pk) as mine:
        if not mine:
            return False
        if row.in_doubt:  # nobody may say that nothing was sent: whoever looks hands it on
            return settle(row, "uncertain", f"{why}.", by="sweeper", trouble=trouble, due_at=database_now())
        claimed = claim(row.pk, row.escalation_id, owner=owner, however_old=True)
        return claimed is not None and settle(claimed, "dead", f"{why}: nothing was sent.", by=owner.name, attempt=attempt, trouble=trouble)
    return False

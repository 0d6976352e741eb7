"""Taking back: Undo while nothing has been sent, Withdraw afterwards. The record keeps what was."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from escalations.models import Delivery, Draft, Escalation
from escalations.models.clock import database_now
from escalations.models.delivery import AFTERWARDS, NOTICE
from escalations.models.facts import facts_of
from escalations.models.said import can_be_given_back
from escalations.rules import states

from . import choices
from .moves import WHY, call_off, moved, on
from .ownership import wake

TAKEN_OVER = {
    "scenario_key": "the situation", "answers": "your answers", "edits": "your words",
    "account_choice": "the account you chose", "person_choice": "the person you chose",
}  # fmt: skip


class TooLate(Exception):
    """What was to be undone has begun, or is over; the text says what can be done instead."""


class DoneAlready(TooLate):
    """The button was pressed twice. `draft`: what Undo has given back, as long as it can be gone on with."""

    def __init__(self, text: str, draft: Draft | None = None):
        super().__init__(text)
        self.draft = draft


@dataclass(frozen=True)
class Undone:
    """The draft to go on with. `taken_over`: what another open draft of the ticket was given; None where the draft is back as it was."""

    draft: Draft
    taken_over: tuple[str, ...] | None = None


def undo(escalation: Escalation, *, by) -> Undone:
    """Cancel every delivery, as long as nothing of it was written, and give the author the draft back as it was.

    Raises TooLate, or DoneAlready when it was undone before.
    """
    with on(escalation.pk, by=by.username) as (opened, row):
        legs = list(row.deliveries.exclude(purpose=NOTICE))
        if row.state == "cancelled" and not row.called_off:
            raise DoneAlready("Undone already: nothing was sent.", row.draft and _live(row.draft).first())
        if row.state == "cancelled":
            raise TooLate(f"{WHY[row.called_off]}: nothing was sent.")
        if not can_be_given_back(legs):
            raise TooLate("Sending has begun. Withdraw it instead: what has arrived is then taken back.")
        for leg in legs:
            if leg.state in ("pending", "dead"):  # what a team lead has closed stays so
                moved(opened, row, leg, "cancelled", "Undone before it was sent.")
        opened.record("escalation.undone", row.reference)
        return _draft_again(row, now=opened.now)


def _draft_again(escalation: Escalation, *, now: datetime) -> Undone:
    """A copy, because the draft that was sent stays with its escalation. Another live one of the ticket is kept instead, and takes over."""
    before = escalation.draft
    live = _live(before).select_for_update().first()
    if live:
        return Undone(live, _taken_over(live, before, now=now))
    kept = ("revision", "looked_up_at", "scenario_key", "scenario_by", "cards", "answers", "edits", "batch", "place")
    draft = Draft.objects.create(
        **_of(before), **{name: getattr(before, name) for name in kept}, created_at=before.created_at, updated_at=now
    )
    choices.copy_to(draft, before.snapshots.all())
    return Undone(draft)


def _live(before: Draft):
    """The open draft of the same ticket by the same author: there is one at most."""
    return Draft.objects.filter(**_of(before), state__in=states.LIVE)


def _of(before: Draft) -> dict:
    return {"author": before.author, "instance": before.instance, "ticket_id": before.ticket_id}


def _taken_over(live: Draft, before: Draft, *, now: datetime) -> tuple[str, ...]:
    """Give `live` what it has not of its own; the names of what it was given. A situation that the facts chose is nobody's own yet."""
    own = live.answers or live.edits or live.scenario_by == "engineer"
    changed: dict[str, object] = {}
    if before.scenario_key != live.scenario_key and not (live.scenario_key and own):
        changed |= {"scenario_key": before.scenario_key, "scenario_by": before.scenario_by}
    if before.answers and not live.answers and changed.get("scenario_key", live.scenario_key) == before.scenario_key:
        changed["answers"] = before.answers
    if before.edits.keys() - live.edits.keys():
        changed["edits"] = {**before.edits, **live.edits}
    if changed:
        Draft.objects.filter(pk=live.pk).update(**changed, updated_at=now)
        live.refresh_from_db()
    said = _said_taken_over(live, before)
    return tuple(words for name, words in TAKEN_OVER.items() if name in changed or any(key.startswith(name) for key in said))


def _said_taken_over(live: Draft, before: Draft) -> tuple[str, ...]:
    """Which account it is and who a name is, as keys of facts; what was read by that comes along, and counts at once."""
    account = facts_of(live).account_id
    said = choices.take_along(live, before)
    if not said:
        return ()
    if facts_of(live).account_id != account:
        choices.forget_another_account(live)
    else:
        live.snapshots.filter(source="slack", key="people").delete()
    if facts_of(live).account_id == facts_of(before).account_id:
        choices.copy_to(live, before.snapshots.all())
    return said


def send_now(escalation: Escalation, *, by) -> int:
    """End the hold; how many deliveries are due from now on."""
    with on(escalation.pk, by=by.username) as (opened, row):
        held = row.deliveries.filter(state="pending", due_at__lte=row.hold_until or opened.now)
        # The time after which nothing is tried any more counts from now as well, and not from the morning that was waited for.
        due = held.update(due_at=opened.now, give_up_at=opened.now + timedelta(seconds=settings.DELIVERY_GIVE_UP_SECONDS))
        if row.hold_until and row.hold_until > opened.now:  # it ends now, and what takes long or stands still is counted from here
            Escalation.objects.filter(pk=row.pk).update(hold_until=opened.now)
        if due:
            opened.record("escalation.sent_now", row.reference)
            wake()
    return due


def withdraw(escalation: Escalation, *, by, because: str) -> Escalation:
    """Cancel what waits, take back what has arrived, each by a delivery of its own; what is in doubt is looked for first.

    Raises DoneAlready when it was withdrawn before, TooLate when nothing of it was or will be sent.
    """
    with on(escalation.pk, by=by.username) as (opened, row):
        if row.withdrawn_at:
            raise DoneAlready("It was withdrawn already.")
        if row.sample:
            raise TooLate("It is a sample: nothing of it was really sent.")
        legs = list(row.deliveries.exclude(purpose__in=AFTERWARDS))
        if not any(_can_still_be_taken_back(leg) for leg in legs):
            raise TooLate("Nothing of it was sent, so there is nothing to withdraw.")
        row.withdrawn_at, row.withdrawn_by, row.withdrawn_because = database_now(), by, because[:300]
        row.hold_until = None
        row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because", "hold_until"])
        opened.record("escalation.withdrawn", row.reference, words=because)
        for leg in legs:
            call_off(opened, row, leg)
        wake()
    return row


def _can_still_be_taken_back(leg: Delivery) -> bool:
    return leg.state in ("pending", "sending", "uncertain", "needs_a_person", "delivered", "closed_sent")

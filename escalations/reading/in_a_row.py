"""Several tickets in a row: which there are, how far each has come, and which is next."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from escalations.models import Draft, Escalation

SAID = {"open": "not sent yet", "reviewed": "not sent yet", "not_escalated": "not escalated", "discarded": "discarded", "expired": "expired"}
JUST_SENT = timedelta(minutes=10)


@dataclass(frozen=True)
class InARow:
    """`drafts` in the order in which they were pasted, `at` the one that is looked at."""

    drafts: tuple[Draft, ...]
    at: Draft

    @property
    def many(self) -> int:
        return len(self.drafts)

    @property
    def place(self) -> int:
        return 1 + next(n for n, draft in enumerate(self.drafts) if draft.pk == self.at.pk)

    @property
    def next(self) -> Draft | None:
        """The next ticket that is still open; after the last one, the first that was left behind."""
        here = self.place
        others = (*self.drafts[here:], *self.drafts[: here - 1])
        return next((draft for draft in others if draft.is_live and draft.author_id == self.at.author_id), None)

    @property
    def became(self) -> str:
        """What became of each, as one sentence, once none of them is open any more; "" before."""
        if any(draft.is_live for draft in self.drafts):
            return ""
        return f"All {self.many} tickets are done: {', '.join(f'{draft.ticket_id} {_ended(draft)}' for draft in self.drafts)}."

    def just_sent(self, now: datetime) -> Escalation | None:
        """The newest escalation of the others, as long as it waits or was sent a moment ago: what "Send and next" has left behind."""
        sent = [draft.escalation for draft in self.drafts if draft.state == "submitted" and draft.pk != self.at.pk]
        last = max(sent, key=lambda row: row.submitted_at, default=None)
        recent = last and (max(last.submitted_at, last.hold_until or last.submitted_at) > now - JUST_SENT)
        return last if recent and last.state not in ("cancelled", "not_sent") and not last.withdrawn_at else None

    @property
    def steps(self) -> tuple[tuple[Draft, str, bool], ...]:
        """(draft, what became of it, whether it is this one)."""
        return tuple((draft, _became(draft), draft.pk == self.at.pk) for draft in self.drafts)


def in_a_row(draft: Draft | None) -> InARow | None:
    """The row that the draft stands in; None when it stands alone. Of an undone one only the draft that came back counts."""
    if draft is None or draft.batch is None:
        return None
    rows = Draft.objects.filter(batch=draft.batch).select_related("escalation__author")
    best_last = sorted(rows, key=lambda row: (row.place, row.pk == draft.pk, row.is_live))
    places = {row.place: row for row in best_last}
    return InARow(tuple(places.values()), draft) if len(places) > 1 else None


def _became(draft: Draft) -> str:
    return SAID.get(draft.state) or (draft.escalation.reference if draft.state == "submitted" else draft.state)


def _ended(draft: Draft) -> str:
    if draft.state != "submitted":
        return _became(draft)
    row = draft.escalation
    if row.state == "not_sent":
        return f"not sent ({row.reference})"
    if row.state == "attention" and not row.withdrawn_at:
        return f"needs attention ({row.reference})"
    taken_back = "withdrawn" if row.withdrawn_at else "cancelled" if row.state == "cancelled" else ""
    return f"escalated as {row.reference}{f', {taken_back} since' if taken_back else ''}"

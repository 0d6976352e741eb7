"""The states of drafts, escalations, follow-ups and deliveries, and who may move them. The only place that knows."""


class MoveError(Exception):
    """A move that the table does not have; `text` says it in plain words."""

    def __init__(self, kind: str, before: str, after: str):
        self.text = f"A {kind} that is {before.replace('_', ' ')} cannot become {after.replace('_', ' ')}."
        super().__init__(self.text)


DRAFT = {
    "open": ("reviewed", "submitted", "not_escalated", "expired", "discarded"),
    "reviewed": ("open", "submitted", "not_escalated", "expired", "discarded"),
    "submitted": (),
    "not_escalated": ("open",),
    "expired": ("open",),
    "discarded": ("open",),
}
LIVE = ("open", "reviewed")  # a draft that can be gone on with
ESCALATION = {
    "submitted": ("in_progress", "completed", "completed_with_problems", "attention", "not_sent", "cancelled"),
    "in_progress": ("completed", "completed_with_problems", "attention", "not_sent", "cancelled"),
    "attention": ("in_progress", "completed", "completed_with_problems", "not_sent", "cancelled"),
    # A withdrawal is one more delivery a leg, so what was complete goes on for a moment.
    "completed": ("in_progress", "attention", "completed_with_problems"),
    "completed_with_problems": ("in_progress", "attention", "completed"),
    "not_sent": (),
    "cancelled": (),
}
FOLLOW_UP = {
    "none": ("acknowledged", "not_mine", "closed"),
    "awaiting_reply": ("acknowledged", "not_mine", "overdue", "closed"),
    "overdue": ("acknowledged", "not_mine", "closed"),
    "acknowledged": ("closed", "not_mine"),
    "not_mine": ("closed",),
    "closed": (),
}
# After these nothing more of an escalation is sent: nobody is told of what they refused, or of what is done.
OVER = ("not_mine", "closed")
DELIVERY = {
    "pending": ("sending", "cancelled", "uncertain"),  # uncertain: in doubt, and to be looked for instead of sent
    "sending": ("delivered", "pending", "dead", "uncertain"),
    "uncertain": ("delivered", "pending", "needs_a_person"),
    "needs_a_person": ("closed_sent", "closed_not_sent", "pending"),
    "dead": ("pending", "closed_not_sent", "cancelled"),  # cancelled: its escalation was called off
    "delivered": (),
    "cancelled": (),
    "closed_sent": (),
    "closed_not_sent": (),
}
MOVES = {"draft": DRAFT, "escalation": ESCALATION, "follow-up": FOLLOW_UP, "delivery": DELIVERY}

# What a person reads, one sentence a state, for a delivery on the escalation's page.
DELIVERY_WORDS = {
    "pending": "waiting to be sent",
    "sending": "being sent",
    "uncertain": "the service did not answer clearly; checking whether it arrived",
    "needs_a_person": "nobody can tell whether it arrived; a team lead has to look",
    "dead": "could not be sent",
    "delivered": "delivered",
    "cancelled": "cancelled before it was sent",
    "closed_sent": "closed by a team lead: it had arrived",
    "closed_not_sent": "closed by a team lead: it had not arrived",
}
ESCALATION_WORDS = {
    "submitted": "waiting to be sent",
    "in_progress": "being sent",
    "completed": "sent",
    "completed_with_problems": "sent in part",
    "attention": "needs attention",
    "not_sent": "not sent",
    "cancelled": "cancelled",
}
# In these nobody can tell whether it arrived. What waits may be in doubt as well: see Delivery.in_doubt.
IN_DOUBT = ("uncertain", "needs_a_person")
# How an attempt ends that may have arrived.
UNCLEAR = ("ambiguous", "interrupted")
# The one definition of “something arrived”: a leg of it is in one of these.
ARRIVED = ("delivered", "closed_sent")
# Of an escalation, by the function below: something arrived; and something may have, which its legs know.
SOMETHING_ARRIVED = ("completed", "completed_with_problems")
MAY_HAVE_ARRIVED = ("in_progress", "attention")
# A delivery that stands still has a time at which it came to stand; one under way has none.
DELIVERY_ENDS = ("delivered", "dead", "cancelled", "closed_sent", "closed_not_sent")
SETTLED = frozenset({"delivered", "cancelled", "closed_sent", "closed_not_sent", "dead", "needs_a_person"})


def check_move(kind: str, before: str, after: str) -> None:
    """Raise MoveError unless `kind` may go from `before` to `after`."""
    if after not in MOVES[kind].get(before, ()):
        raise MoveError(kind, before, after)


def escalation_state(deliveries: list[str], before: str = "submitted") -> str:
    """An escalation's state is nothing but this function of its deliveries' states.

    `before` tells only whether anything has been tried: what was in progress does not become submitted again.
    """
    if not deliveries or all(state == "pending" for state in deliveries):
        return "submitted" if before == "submitted" else "in_progress"
    if all(state == "cancelled" for state in deliveries):
        return "cancelled"
    if any(state in ("needs_a_person", "dead") for state in deliveries):
        return "attention"
    if any(state in ("pending", "sending", "uncertain") for state in deliveries):
        return "in_progress"
    if not any(state in ARRIVED for state in deliveries):
        return "not_sent"
    if any(state == "closed_not_sent" for state in deliveries):
        return "completed_with_problems"
    return "completed"

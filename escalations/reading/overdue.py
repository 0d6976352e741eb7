"""Answers that did not come by the day that was asked for: their author's, and everybody's for a team lead."""

from django.db.models import QuerySet

from escalations.models import Escalation
from escalations.rules.permissions import Actor

MOST = 100


def overdue(actor: Actor) -> QuerySet[Escalation]:
    rows = Escalation.objects.real().filter(follow_up="overdue", withdrawn_at=None)
    return rows if "team lead" in actor.groups else rows.filter(author__username=actor.username)


def listed(actor: Actor) -> list[Escalation]:
    """The longest silence first."""
    return list(overdue(actor).select_related("author").light().order_by("overdue_at", "pk")[:MOST])

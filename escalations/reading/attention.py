"""What waits for a person."""

from escalations.models import Delivery
from escalations.rules.permissions import Actor


def needs_you(actor: Actor) -> list[Delivery]:
    """Deliveries that could not be sent or that nobody can tell about: the actor's own, and everybody's for a team lead."""
    waiting = Delivery.objects.filter(state__in=("dead", "needs_a_person"), escalation__sample=False)
    if "team lead" not in actor.groups:
        waiting = waiting.filter(escalation__author__username=actor.username)
    return list(waiting.select_related("escalation").order_by("-pk")[:20])

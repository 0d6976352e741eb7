"""What waits for a person."""

from escalations.models import Delivery


def needs_you(user) -> list[Delivery]:
    """Deliveries of the user's own escalations that could not be sent or that nobody can tell about."""
    waiting = Delivery.objects.filter(
        state__in=("dead", "needs_a_person"), escalation__author=user, escalation__sample=False
    )
    return list(waiting.select_related("escalation").order_by("-pk")[:20])

"""After something was said about who is told: the escalations that were planned before and still wait for their hour, as links."""

from django.contrib import messages
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from escalations.models import Correction
from escalations.reading.corrections import planned_before
from escalations.rules.permissions import can_see_escalations

from .guards import actor_of


def name(request, correction: Correction | None) -> None:
    """Nothing of it reads who was told themselves: what is not sent yet is none of theirs."""
    rows = planned_before(correction, now=timezone.now()) if can_see_escalations(actor_of(request)) else []
    if rows:
        links = format_html_join(", ", '<a href="{}">{}</a>', ((row.get_absolute_url(), row.reference) for row in rows))
        text = "Planned before, and not sent yet: {}. Who was to be told there is not told: whoever sent it can press Undo there, and is told when the time comes."
        messages.warning(request, format_html(text, links))

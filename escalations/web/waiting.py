"""After something was said about who is told: the escalations that were planned before and still wait for their hour."""

from django.contrib import messages
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from escalations.actions import corrections
from escalations.models import Correction
from escalations.rules.permissions import can_see_escalations

from .guards import actor_of


def name(request, correction: Correction | None) -> None:
    """Their authors are told. Nothing of it reads who was told themselves: what is not sent yet is none of theirs."""
    rows = corrections.tell_who_waits(correction, by=request.user, now=timezone.now()) if correction else []
    if rows and can_see_escalations(actor_of(request)):
        links = format_html_join(", ", '<a href="{}">{}</a>', ((row.get_absolute_url(), row.reference) for row in rows))
        text = "Planned before, and not sent yet: {}. Who was to be told there will not be. Whoever pressed Send is told now, and can press Undo there."
        messages.warning(request, format_html(text, links))

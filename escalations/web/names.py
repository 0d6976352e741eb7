"""Who it is, where a CSM is only a name: an engineer's own choice among those in Slack who have the name."""

from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from escalations.actions import choices
from escalations.gateways.wiring import gateways
from escalations.models.facts import facts_of

from . import looking, parts
from .drafts import own_draft


@require_POST
def choose(request, draft_id):
    """One of the people of that name; with nobody named, the choice is taken back. Whoever it is, is looked up."""
    row, name, email = own_draft(request, draft_id), request.POST.get("name", ""), request.POST.get("email", "")
    if not choices.choose_person(row, facts_of(row), name=name, email=email, by=request.user, now=timezone.now()):
        return parts.answer(request, row, say="That person is not among those who have the name.")
    if not request.htmx:
        if not row.snapshots.filter(source="slack", key="people").exists():
            looking.look_up_all(row, gateways(), start="people")
        return redirect(row)
    return parts.answer(request, row, say="Looking them up." if email else "Taken back.")

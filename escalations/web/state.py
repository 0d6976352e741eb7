"""The status page: how the sending goes, anew every five seconds. The only page with that word."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from escalations.actions import settling
from escalations.models.lanes import lanes
from escalations.reading.state import state_now
from escalations.rules.permissions import can_settle, check_can_see_escalations, check_can_settle

from .guards import actor_of, needs


@require_GET
@needs(check_can_see_escalations)
def status(request):
    context = {"now": state_now(timezone.now()), "may_settle": can_settle(actor_of(request)), "oob": bool(request.htmx)}
    return render(request, "state/_now.html" if request.htmx else "state/state.html", context)


@require_POST
@needs(check_can_settle)
def open_lane(request, lane):
    """Try the service again now instead of waiting for the pause to end."""
    if lane not in lanes():
        raise Http404
    settling.open_lane(lane, by=request.user)
    messages.success(request, f"{lanes()[lane]} is tried again now: one delivery first, then the others.")
    return redirect("status")

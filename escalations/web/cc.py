"""Making a follower an e-mail cc by hand, with a reason, and taking that back."""

from django.utils import timezone
from django.views.decorators.http import require_POST

from escalations.actions import wizard
from escalations.rules.cc_by_hand import CC_BY_HAND, as_answer

from . import parts
from .drafts import own_draft
from .guards import trouble

WHY = "Say in a few words why the customer is meant to see their address; it is kept and counted."


@require_POST
def change(request, draft_id):
    """A follower becomes a cc only with a reason; with "follower" they are one again. Of a US Government ticket never."""
    row = own_draft(request, draft_id)
    page = parts.read(row)
    if "follower" in request.POST:
        wizard.set_aside(row, name=CC_BY_HAND, value="", now=timezone.now())
    elif page.may_cc:
        value = as_answer(page.plan.scenario, page.plan.contact, request.POST.get("reason", ""))
        if not value and request.htmx:
            return trouble(request, 422, "A reason is missing", WHY)
        if not value:
            return parts.whole(request, row, status=422, refusal=(WHY,), field="cc-reason")
        wizard.set_aside(row, name=CC_BY_HAND, value=value, now=timezone.now())
    page = parts.read(row, page)
    return parts.answer(request, row, parts.AFTER_JOINING, page=page, say=f"The button now says: {page.send.act}.")

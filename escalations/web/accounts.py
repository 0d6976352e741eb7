"""Which Salesforce account it is, where the ticket's organization names none: an engineer's own choice."""

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
    """One of the suggested accounts; with none named, the choice is taken back. Its people are looked up anew."""
    row, account = own_draft(request, draft_id), request.POST.get("account", "")
    if not choices.choose_account(row, facts_of(row), account=account, by=request.user, now=timezone.now()):
        return parts.answer(request, row, say="That account is not among those that were found.")
    if not request.htmx:
        looking.look_up_all(row, gateways(), start="account")
        return redirect(row)
    page = parts.read(row).while_looking("account" if account else "")
    return parts.answer(request, row, page=page, say="Looking up the account." if account else "Taken back.")

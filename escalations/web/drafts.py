"""The draft of an address, for who may read it and for who may change it."""

from django.shortcuts import get_object_or_404

from escalations.models import Draft
from escalations.models.planning import is_restricted
from escalations.rules.permissions import check_can_see_draft, check_can_send

from .guards import actor_of


def draft_of(request, draft_id) -> Draft:
    row = get_object_or_404(Draft.objects.select_related("author", "escalation"), pk=draft_id)
    check_can_see_draft(actor_of(request), is_restricted(row.instance))
    return row


def own_draft(request, draft_id) -> Draft:
    row = draft_of(request, draft_id)
    check_can_send(actor_of(request), row.author.username, is_restricted(row.instance))
    return row

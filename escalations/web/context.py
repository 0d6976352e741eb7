"""What every page of the portal shows."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from escalations.reading.attention import how_many
from escalations.rules import permissions

from .guards import actor_of


def portal(request) -> dict:
    signed_in = getattr(request, "user", None) and request.user.is_authenticated
    if not signed_in:
        return {"sandbox_url": settings.SANDBOX_URL, "may": {}}
    return {
        "sandbox_url": settings.SANDBOX_URL,
        "attention_request_url": settings.ATTENTION_REQUEST_URL,
        "needs_you_count": SimpleLazyObject(lambda: how_many(actor_of(request))),
        "may": SimpleLazyObject(lambda: _may(actor_of(request))),
    }


def _may(actor) -> dict[str, bool]:
    """The sections of the navigation."""
    return {
        "escalate": permissions.can_escalate(actor),
        "mapping": permissions.can_see_mapping(actor),
        "attention": permissions.can_see_escalations(actor),
        "history": permissions.can_see_escalations(actor),
        "settle": permissions.can_settle(actor),
        "correct": permissions.can_correct(actor),
        "reports": permissions.can_see_reports(actor),
        "admin": permissions.can_see_admin(actor),
    }

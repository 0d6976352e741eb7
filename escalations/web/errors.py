"""The pages of the errors that Django itself raises."""

import sys

from django.contrib.auth.decorators import login_not_required

from . import away
from .guards import trouble


@login_not_required
def bad_request(request, exception=None):
    return trouble(request, 400, "That request could not be read", "Go back and try again. Nothing was changed.")


@login_not_required
def forbidden(request, exception=None):
    return trouble(request, 403, "You may not do this", "Ask an administrator if you should.")


@login_not_required
def not_found(request, exception=None):
    return trouble(request, 404, "There is nothing at this address", "Check the link, or start from the home page.")


@login_not_required
def server_error(request):
    """Whatever nobody caught, in a view or around it; also the database that was away then."""
    if away.is_away(error := sys.exception()):
        return away.answer(request, error)
    from django.http import HttpResponse
    from django.template.loader import render_to_string

    return HttpResponse(render_to_string("errors/500.html", {"number": getattr(request, "id", "")}), status=500)


@login_not_required
def csrf_failure(request, reason=""):
    text = "The form was older than your sign-in. Your draft is kept: open it again and press the button once more."
    return trouble(request, 403, "Please press the button once more", text)

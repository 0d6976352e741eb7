"""One log line for each request: who, which address, what came of it, how long. Never the query, nor a name in a path."""

import logging
import re
import secrets
import time
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver

from .logs import request_id

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
QUIET = ("/static/", "/healthz", "/readyz")  # said only when they fail
PART = re.compile(r"<(?:\w+:)?(\w+)>")
log = logging.getLogger("portal.access")
sign_ins = logging.getLogger("portal.sign_in")


class AccessMiddleware:
    """Outermost: gives the request its id, under which everything is logged that happens in it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        began, request.id = time.monotonic(), secrets.token_hex(6)
        token = request_id.set(request.id)
        try:
            response = self.get_response(request)
            if response.status_code >= 400 or not request.path_info.startswith(QUIET):
                _say(request, response, began)
            return response
        finally:
            request_id.reset(token)


def _say(request, response, began: float) -> None:
    level = logging.ERROR if response.status_code >= 500 else logging.INFO
    fields = {
        "method": request.method if request.method in METHODS else "other",
        "path": path_of(request),
        "state": response.status_code,
        "ms": round((time.monotonic() - began) * 1000),
    }
    user = getattr(request, "_cached_user", None)  # known or not: asking would read the session
    if user is not None and user.is_authenticated:
        fields["user"] = name_of(user)
    log.log(level, "answered", extra=fields)


def path_of(request) -> str:
    """The address as urls.py writes it, with the numbers and ids in it; other parts may be anything."""
    match = request.resolver_match
    if match is None:
        return "/static/" if request.path_info.startswith("/static/") else "none"
    return "/" + PART.sub(lambda part: _known(part[1], match.kwargs.get(part[1])), match.route)


def _known(name: str, value) -> str:
    number = isinstance(value, (int, UUID)) or (str(value).isascii() and str(value).isdecimal())
    return str(value) if number else f"<{name}>"


def name_of(user) -> str:
    """The user name; a number where that is an e-mail address."""
    name = user.get_username()
    return f"#{user.pk}" if "@" in name else name


@receiver(user_logged_in)
def _signed_in(user, **_):
    sign_ins.info("signed in", extra={"user": name_of(user)})


@receiver(user_login_failed)
def _refused(credentials, **_):
    """Only a name that somebody has: what was typed may be a password in the wrong field."""
    names = {get_user_model().USERNAME_FIELD: credentials.get("username", "")}
    user = get_user_model().objects.filter(**names).first()
    sign_ins.warning("sign-in refused", extra={"user": name_of(user)} if user else {})

"""Who may enter, and what an error becomes: one place for all views."""

import functools
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from escalations.actions import auditing
from escalations.actions.wizard import AnotherIsLive, NotLive
from escalations.models.active import NothingPublished
from escalations.rules.permissions import Actor, NotAllowed
from escalations.rules.states import MoveError

from . import kept

# Addresses that show the form which they take.
FORMS = (
    "escalate", "correction-new", "escalation-withdraw", "escalation-acknowledged", "escalation-not-mine", "escalation-close",
    "answer-not-mine",
)  # fmt: skip


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person as the rules see them; the groups are read once a request."""
    held = getattr(request, "_actor", None)
    if held is None:
        user = request.user
        groups = frozenset(user.groups.values_list("name", flat=True)) if user.is_authenticated else frozenset()
        held = request._actor = Actor(
            user.get_username(), user.get_full_name() or user.get_username(), getattr(user, "email", ""), groups
        )
    return held


def needs(check):
    """Let a view run only for whom `check(actor)` lets pass; the reason it raises is the page's text."""

    def around(view):
        @functools.wraps(view)
        def guarded(request, *args, **kwargs):
            check(actor_of(request))
            return view(request, *args, **kwargs)

        guarded.check = check
        return guarded

    return around


def read_by_auditors(what):
    """Put on record that an auditor has read what the view shows; `what` is its name, or makes it from the view's arguments.

    Parts that a page asks for by itself are read with the page.
    """

    def around(view):
        @functools.wraps(view)
        def recorded(request, *args, **kwargs):
            response = view(request, *args, **kwargs)
            if "auditor" in actor_of(request).groups and response.status_code == 200 and "HX-Request" not in request.headers:
                name = what if isinstance(what, str) else what(**kwargs)
                auditing.record_reading(name, by=request.user, now=timezone.now())
            return response

        return recorded

    return around


class SignInMiddleware(LoginRequiredMiddleware):
    """Sign-in everywhere. A part asked for by htmx sends the whole page to the sign-in and back; the words of a draft are kept."""

    def handle_no_permission(self, request, view_func):
        if request.method == "POST":
            kept.keep(request)
        back = _page_of(request)
        if not request.headers.get("HX-Request"):
            return redirect_to_login(back, self.get_login_url(view_func), self.get_redirect_field_name(view_func))
        response = HttpResponse(status=204)
        response["HX-Redirect"] = f"{reverse('sign-in')}?{urlencode({'next': back})}"
        return response


def _page_of(request: HttpRequest) -> str:
    """The page to come back to: a step of a form has none of its own, and leads to that of its draft or escalation."""
    if request.headers.get("HX-Request"):
        return _path_of(request.headers.get("HX-Current-URL", ""))
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    given = request.resolver_match.kwargs
    if request.resolver_match.url_name in FORMS:
        return request.get_full_path()
    if "draft_id" in given:
        return reverse("draft", args=[given["draft_id"]])
    if "reference" in given:
        return reverse("answer", args=[given["reference"]])
    steps_of_one = "number" in given and (request.resolver_match.url_name or "").startswith("escalation-")
    return reverse("escalation", args=[given["number"]]) if steps_of_one else "/"


def _path_of(address: str) -> str:
    """The path of a page's address as htmx tells it; the home page when that is no address."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return "/"
    return path if path.startswith("/") else "/"


class ErrorsMiddleware:
    """Turns what the rules and actions raise into a page that says what happened and what to do now."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # PostgreSQL takes no NUL, nobody means one, and every filter would have to know: it is read as an unreadable character.
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "%EF%BF%BD")
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            response = _not_that_way(request, response)
        # In this order: the user may not have been read yet, and the answer may be that the database is away.
        if "Cache-Control" not in response and request.user.is_authenticated:
            response["Cache-Control"] = "no-store, private"
        return response

    def process_exception(self, request, exception):
        if isinstance(exception, NotAllowed):
            return trouble(request, 403, "You may not do this", str(exception))
        if isinstance(exception, MoveError):
            return trouble(request, 409, "That is not possible any more", exception.text)
        if isinstance(exception, NotLive):
            return trouble(
                request, 409, "This draft has ended", "It was sent, discarded or closed meanwhile. Nothing was changed."
            )
        if isinstance(exception, AnotherIsLive):
            ticket = exception.draft.ticket_id
            text = (
                f"You have another open draft on ticket {ticket}, on your home page. Go on there, or discard it first."
            )
            return trouble(request, 409, "One draft a ticket at a time", text)
        if isinstance(exception, NothingPublished):
            return trouble(
                request,
                503,
                "No mapping is published yet",
                "Run “python manage.py prepare” once; it publishes the default mapping.",
            )
        return None


def _not_that_way(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Django's 405 is a blank page: who opens a form's address by itself, or goes back to it, would see nothing."""
    page = trouble(
        request, 405, "There is no page here", "A form sends to this address. Start from the home page instead."
    )
    page["Allow"] = response["Allow"]
    return page


def trouble(request: HttpRequest, code: int, title: str, text: str) -> HttpResponse:
    """A page for what went wrong, or, for htmx, the same words as the page's alert."""
    template = "errors/_alert.html" if getattr(request, "htmx", False) else "errors/error.html"
    response = render(request, template, {"title": title, "text": text, "code": code}, status=code)
    if getattr(request, "htmx", False):
        response["HX-Retarget"], response["HX-Reswap"] = "#alerts", "innerHTML"
    return response

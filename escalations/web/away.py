"""The database is stopped, lost or busy: nobody's mistake, and over in a moment. The answer asks it for nothing."""

import logging
import sqlite3

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

TITLE = "The portal’s database is not answering"
LOST = "Nothing that you wrote was lost. Try again in a minute."
# What matters more at that moment, by the name of the address.
SAID = {
    "draft-send": "Nothing that you wrote was lost. Press again in a minute: however often, it is sent once.",
    "escalation-undo": "Undo was not taken. When the time is up it may be sent all the same: then withdraw it from the escalation’s page.",
}
RETRY_SECONDS = 30
log = logging.getLogger("escalations.database")


def is_away(error: BaseException | None) -> bool:
    """Whether the database itself cannot be used now. SQLite calls a mistake in a query operational as well; its code tells them apart."""
    cause = getattr(error, "__cause__", None)
    if isinstance(cause, sqlite3.OperationalError):
        return getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF != sqlite3.SQLITE_ERROR
    return isinstance(error, (OperationalError, InterfaceError)) and not isinstance(cause, sqlite3.Error)


def answer(request: HttpRequest, error: BaseException) -> HttpResponse:
    """503: a page on which what was pressed can be pressed again, or, for htmx, its words as the page's alert."""
    log.warning("the database is away or busy (%s)", type(error).__name__)
    name = getattr(request.resolver_match, "url_name", None)
    said = {"title": TITLE, "text": SAID.get(name, LOST), "code": 503}
    if request.headers.get("HX-Request"):
        page = render_to_string("errors/_alert.html", said)
    else:
        page = render_to_string("errors/away.html", {**said, "request": request, "posted": _posted(request)})
    response = HttpResponse(page, status=503, headers={"Retry-After": RETRY_SECONDS, "Cache-Control": "no-store, private"})
    response._has_been_logged = True  # Django would log it once more, as a mistake with its traceback
    return response


def _posted(request: HttpRequest) -> list[tuple[str, str]]:
    """The form as it came, if it was one of ours; never a password."""
    if request.method != "POST" or not getattr(request, "csrf_processing_done", False):
        return []
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    return [] if any("password" in name for name, _ in pairs) else pairs

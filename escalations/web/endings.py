"""How an engineer ends a draft without escalating, or says what is missing, as the page's forms say it."""

from django.contrib import messages
from django.utils.html import format_html

from escalations.models import Draft
from escalations.models.people import name_of
from escalations.reading.draft_page import DraftPage
from escalations.reading.not_twice import ended_before
from escalations.rules.calendar import spoken_instant
from escalations.rules.endings import ANSWER, ENDINGS, OTHER, PICKED, RETIRED, of_retired
from escalations.rules.escaping import one_line

WITHHELD = "Not escalated."


def chosen(given, page: DraftPage) -> tuple[str, str] | None:
    """(kind, because) of a posted form; None where nothing says why. Of a restricted ticket no free text is kept."""
    kind, row = given.get("kind", ""), page.out.row_not_in_force(given.get("row"))
    if kind == ANSWER and page.stop:
        return page.out.kind, f"{page.stop.label}: {page.plan.scenario.title}"
    if kind == RETIRED and row:
        return RETIRED, of_retired(row)
    if kind in {ending.key for ending in PICKED}:
        return kind, ENDINGS[kind].what
    if page.restricted:
        return OTHER, WITHHELD
    because = one_line(given.get("because", ""))
    return (OTHER, because) if because else None


def missing(given, page: DraftPage) -> str | None:
    """Which situation is missing, in the engineer's words; None where they say nothing, "" where none may be kept."""
    return "" if page.restricted else one_line(given.get("text", ""), 300) or None


def say_that_it_ended(request, draft: Draft) -> None:
    """To who opens a ticket again: that somebody ended it without escalating, when and why."""
    before = ended_before(draft)
    if before:
        said = f"{name_of(before.author)} ended ticket {draft.ticket_id} without escalating {spoken_instant(before.updated_at, draft.updated_at)}: {before.ended_because}"
        messages.warning(request, format_html('{} <a href="{}">See that draft</a>', said, before.get_absolute_url()))

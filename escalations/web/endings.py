"""How an engineer ends a draft without escalating, or says what is missing, as the page's forms say it."""

from escalations.reading.draft_page import DraftPage
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

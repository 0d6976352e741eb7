"""How an engineer ends a draft without escalating, as the page's forms say it."""

from escalations.reading.draft_page import DraftPage
from escalations.rules.endings import ANSWER, ENDINGS, INTERNAL_ISSUE, OTHER, PICKED
from escalations.rules.escaping import one_line

WITHHELD = "Not escalated."


def chosen(given, page: DraftPage) -> tuple[str, str] | None:
    """(kind, because) of a posted form; None where nothing says why. Of a restricted ticket no free text is kept."""
    kind = given.get("kind", "")
    if kind == ANSWER and page.stop:
        return page.ending, f"{page.stop.label}: {page.plan.scenario.title}"
    if kind in {ending.key for ending in PICKED}:
        return kind, ENDINGS[kind].what
    if page.restricted:
        return OTHER, WITHHELD
    because = one_line(given.get("because", ""))
    return (OTHER, because) if because else None

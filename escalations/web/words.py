"""The engineer's own words for parts of the message: stored as they are typed, under the name by which the form showed them."""

from django.contrib import messages
from django.utils import timezone
from django.views.decorators.http import require_POST

from escalations.actions import wizard
from escalations.models import Draft
from escalations.models.planning import is_restricted
from escalations.reading.draft_page import DraftPage, in_force
from escalations.rules.messages import EDITABLE
from escalations.rules.together import may_be_name_of_words

from . import parts
from .drafts import own_draft

OTHERS = "What you wrote is kept for what stood here before, and not for this: choose that again, and it stands there."


@require_POST
def words(request, draft_id):
    """The engineer's own words, stored as they are typed; "reset", or an empty box, gives the ready text back."""
    row = own_draft(request, draft_id)
    texts = _changed(request.POST)
    page = store(row, request.POST) or parts.read(row)
    others, emptied = _of_others(request.POST, page), _emptied(request, texts)
    said = " ".join(filter(None, (emptied, OTHERS if others & texts.keys() else "")))
    if said and not request.htmx:
        messages.info(request, said)
    shown = parts.AFTER_SITUATION if others else ("review",) if "reset" in request.POST else parts.AFTER_WORDS
    return parts.answer(request, row, shown, page=parts.read(row, page), emptied=emptied, say=said)


def store(row: Draft, given) -> DraftPage | None:
    """Store what was changed of the words' form; the page as it was before, None when nothing was.

    Also while nothing can be planned: words are never lost. Of a restricted ticket none are kept.
    """
    texts = _changed(given)
    if not row.scenario_key or not texts or is_restricted(row.instance):
        return None
    page = parts.read(row)
    wizard.edit(row, texts=texts, words=page.plan.words if page.plan else (), names=_names(given), now=timezone.now())
    return page


def _names(given) -> dict[str, str]:
    """Under which names the form showed the parts; one that no row of the mapping has is nobody's."""
    names = {part: given.get(f"name-{part}", "") for part in EDITABLE}
    return {part: name for part, name in names.items() if may_be_name_of_words(in_force().mapping, part, name)}


def _of_others(given, page: DraftPage) -> set[str]:
    """The parts that are others now: the situation, or how a thread is gone on with, has changed since the form was shown."""
    names = _names(given)
    return {word.part for word in page.words if names.get(word.part, word.name) != word.name}


def _emptied(request, texts: dict[str, str]) -> str:
    """What to say of boxes that somebody emptied: nothing is sent empty."""
    names = [EDITABLE[part] for part, text in texts.items() if "reset" not in request.POST and not text.strip()]
    return f"{' and '.join(names)}: left empty, so the ready words are sent. They stand there again." if names else ""


def _changed(given) -> dict[str, str]:
    """The parts of the form whose words are not those it came with; with "reset" all of them, empty."""
    if "reset" in given:
        return dict.fromkeys(EDITABLE, "")
    texts = {part: given[part] for part in EDITABLE if part in given}
    return {part: text for part, text in texts.items() if text != given.get(f"was-{part}")}

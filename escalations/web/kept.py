"""Words that came when the sign-in had expired: kept in the session until their author is back at the draft."""

from django.http import HttpRequest

from escalations.models import Draft
from escalations.models.planning import is_restricted
from escalations.rules import states
from escalations.rules.messages import EDITABLE, MAX_PART

KEY = "kept_words"
STEP = "draft-words"
MOST_DRAFTS = 5


def keep(request: HttpRequest) -> None:
    """Called for a request of nobody: the words of a live draft, of few drafts, and no more of them than could be stored.

    None about a US Government ticket: who was signed out is nobody who may read of it.
    """
    if request.resolver_match.url_name != STEP:
        return
    draft, held = str(request.resolver_match.kwargs["draft_id"]), request.session.get(KEY, {})
    live = Draft.objects.filter(pk=draft, state__in=states.LIVE).only("instance").first()
    if len({*held, draft}) > MOST_DRAFTS or live is None or is_restricted(live.instance):
        return
    names = [name for part in EDITABLE for name in (part, f"was-{part}", f"name-{part}") if name in request.POST]
    request.session[KEY] = {**held, draft: {name: request.POST[name][: 2 * MAX_PART] for name in names}}


def taken(request: HttpRequest, draft) -> dict[str, str]:
    """The kept fields of this draft's form, once; nothing when there are none."""
    held = request.session.get(KEY, {})
    if str(draft.pk) not in held:
        return {}
    words = held[str(draft.pk)]
    request.session[KEY] = {number: kept for number, kept in held.items() if number != str(draft.pk)}
    return words

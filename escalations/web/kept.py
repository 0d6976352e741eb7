"""Words that came when the sign-in had expired: kept in the session until their author is back at the draft."""

from django.http import HttpRequest

from escalations.rules.messages import EDITABLE, MAX_PART

KEY = "kept_words"
STEP = "draft-words"


def keep(request: HttpRequest) -> None:
    """Called for a request of nobody; only the words of a draft are kept, and no more of them than could be stored."""
    if request.resolver_match.url_name != STEP:
        return
    names = [name for part in EDITABLE for name in (part, f"was-{part}") if name in request.POST]
    words = {name: request.POST[name][: 2 * MAX_PART] for name in names}
    request.session[KEY] = {"draft": str(request.resolver_match.kwargs["draft_id"]), "words": words}


def taken(request: HttpRequest, draft) -> dict[str, str]:
    """The kept fields of this draft's form, once; nothing when there are none, or they are another draft's."""
    held = request.session.get(KEY)
    if not held or held["draft"] != str(draft.pk):
        return {}
    del request.session[KEY]
    return held["words"]

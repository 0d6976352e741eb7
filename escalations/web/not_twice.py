"""One message instead of two: a second reason that is ticked, an earlier thread that is gone on with."""

from django.utils import timezone
from django.views.decorators.http import require_POST

from escalations.actions import wizard
from escalations.rules.escaping import one_line
from escalations.rules.together import ALSO, JOINING, JOINS

from . import parts
from .drafts import own_draft


def tick(row, given, *, now) -> None:
    """The ticks of the situation's form, where it had any; those of another role do not count, whatever they are."""
    if "also-shown" not in given:
        return
    keys = ",".join(sorted({one_line(key, 80).replace(",", "") for key in given.getlist("also")[:20]}))
    if keys != row.answers.get(ALSO, ""):
        wizard.set_aside(row, name=ALSO, value=keys, now=now)


@require_POST
def join_thread(request, draft_id):
    """Go on with the thread about this ticket as a note or with an ask; anything else is as the row says."""
    row, how = own_draft(request, draft_id), request.POST.get("how", "")
    wizard.set_aside(row, name=JOINING, value=how if how in JOINS else "", now=timezone.now())
    page = parts.read(row)
    asks = page.plan is not None and page.plan.joins == "ask" and not page.restricted
    say = f"The button now says: {page.send.act}.{' Write what you need: you are in the box of the ask.' if asks else ''}"
    return parts.answer(request, row, parts.AFTER_JOINING, page=page, say=say, wanted="id_ask" if asks else "")

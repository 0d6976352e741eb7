"""The page of who was told: what, why they, by when, “I have it” or “Not mine”. Its address stands in every message.

What was not addressed to somebody is not there for them; Support is led to the escalation's own page. Looking changes nothing.
"""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from escalations.actions import follow_up
from escalations.models import Escalation
from escalations.reading import addressed
from escalations.rules.follow_up import NotPossible
from escalations.rules.permissions import can_see_escalations

from .follow_up import asked, have_it_form, not_mine_form, refuse
from .guards import actor_of


@require_GET
def answer(request, reference):
    row = _addressed(request, reference)
    if row is None and can_see_escalations(actor_of(request)):
        return redirect("escalation", reference)
    if row is None:
        raise Http404
    return _page(request, row)


@require_POST
def acknowledged(request, reference):
    row = _addressed(request, reference)
    if row is None:
        raise Http404
    form = have_it_form(request, row)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    said = {"said_by": actor_of(request).name, "words": form.cleaned_data.get("words", "")}
    try:
        follow_up.acknowledge(row, **said, by=request.user, now=timezone.now(), by_themselves=True)
    except NotPossible as late:
        if said["words"]:
            return _page(request, _addressed(request, reference), form, status=409, late=str(late))
        messages.warning(request, f"Nothing was recorded. {late}")
    return redirect("answer", reference)


@require_http_methods(["GET", "POST"])
def not_mine(request, reference):
    row = _addressed(request, reference)
    if row is None:
        raise Http404
    form = not_mine_form(request, row, themselves=True)

    def save():
        refuse(request, row, form, said_by=actor_of(request).name, themselves=True)

    return asked(request, row, "not_mine", form, save, row.get_answer_url(), themselves=True)


def _page(request, row: Escalation, form=None, *, status: int = 200, late: str = ""):
    """`late`: why nothing was recorded; the line that was typed stands there to be copied."""
    context = {"shown": addressed.shown(row, now=timezone.now()), "form": form or have_it_form(request, row), "late": late}
    return render(request, "answers/answer.html", context, status=status)


def _addressed(request, number: int) -> Escalation | None:
    return addressed.addressed_to(actor_of(request)).filter(pk=number).first()

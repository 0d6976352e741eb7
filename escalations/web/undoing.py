"""Undo and Send now while an escalation is held; Withdraw, which is asked once on a page of its own."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from escalations.actions import undoing
from escalations.models.people import name_of
from escalations.models.planning import is_restricted
from escalations.reading import withdrawing
from escalations.rules.permissions import check_can_see_escalations, check_can_undo, check_can_withdraw
from escalations.rules.withdrawal import REASONS

from .escalations import escalation_of
from .guards import actor_of, needs
from .reasons import NoReason, own_words, reason_given


@require_POST
@needs(check_can_see_escalations)
def undo(request, number):
    """Back to the draft, as it was, however often it is pressed. Too late is a page that offers what can be done instead."""
    row = escalation_of(number)
    check_can_undo(actor_of(request), row.author.username)
    try:
        undone = undoing.undo(row, by=request.user)
    except undoing.DoneAlready as before:
        messages.success(request, str(before))
        return redirect(before.draft or row)
    except undoing.TooLate as late:
        return _too_late(request, row, "Too late to undo", str(late))
    messages.success(request, f"Undone, nothing was sent. {_what_is_here(undone)}")
    return redirect(undone.draft)


def _what_is_here(undone: undoing.Undone) -> str:
    if undone.taken_over is None:
        return "The draft is back as it was."
    other = "You have another open draft of this ticket: here it is"
    if not undone.taken_over:
        return f"{other}, as you left it."
    *most, last = undone.taken_over
    return f"{other}, with {', '.join(most)}{' and ' if most else ''}{last} of what was undone; what it had of its own stays."


@require_POST
@needs(check_can_see_escalations)
def send_now(request, number):
    row = escalation_of(number)
    check_can_undo(actor_of(request), row.author.username)
    undoing.send_now(row, by=request.user)
    return redirect(row)


@require_http_methods(["GET", "POST"])
@needs(check_can_see_escalations)
def withdraw(request, number):
    """What it does to each leg and what it cannot unsay, then one button."""
    row = escalation_of(number)
    check_can_withdraw(actor_of(request), row.author.username)
    if request.method == "GET":
        return redirect(row) if row.withdrawn_at else _asked(request, row)
    try:
        because = reason_given(request.POST, REASONS, restricted=is_restricted(row.instance))
        undoing.withdraw(row, by=request.user, because=because)
    except NoReason as missing:
        return _asked(request, row, problem=str(missing), code=422)
    except undoing.DoneAlready:
        return _withdrawn_already(request, row, because)
    except undoing.TooLate as late:
        return _too_late(request, row, "There is nothing to withdraw", str(late))
    return redirect(row)


def _withdrawn_already(request, row, because: str):
    """Its page, which says who withdrew it, when and why; own words that are not on record stand before it, to be copied."""
    row.refresh_from_db()
    if row.withdrawn_because == because or not _typed(request, row):
        return redirect(row)
    return _too_late(request, row, "It was withdrawn already", f"{name_of(row.withdrawn_by)} withdrew it: {row.withdrawn_because}.")


def _typed(request, row) -> str:
    return own_words(request.POST, restricted=is_restricted(row.instance))


def _asked(request, row, *, problem: str = "", code: int = 200):
    context = {
        "escalation": row,
        "reasons": REASONS,
        "given": {"reason": request.POST.get("reason", ""), "words": request.POST.get("words", "")},
        "problem": problem,
        "restricted": is_restricted(row.instance),
        "consequences": withdrawing.consequences(row),
    }
    return render(request, "escalations/withdraw.html", context, status=code)


def _too_late(request, row, title: str, text: str):
    """What somebody wrote stands there to be copied."""
    words = _typed(request, row)
    kept = [({"name": "words", "label": "In your own words"}, words)] if words else []
    context = {"escalation": row, "title": title, "text": text, "kept": kept}
    rows = list(row.deliveries.all())
    row.refresh_from_db()
    context["can_be_withdrawn"] = withdrawing.can_be_withdrawn(row, rows)
    return render(request, "escalations/too_late.html", context, status=409)

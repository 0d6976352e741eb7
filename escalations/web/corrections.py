"""Corrections: those that stand, recording one (from a draft or on its own), taking one back."""

from uuid import UUID

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from escalations.actions import corrections
from escalations.gateways.wiring import gateways
from escalations.models import Correction, Draft
from escalations.models.facts import facts_of
from escalations.models.planning import is_restricted, plan_of
from escalations.reading import corrections as reading
from escalations.reading.draft_page import in_force
from escalations.rules.contacts import people_of
from escalations.rules.escaping import one_line
from escalations.rules.permissions import (
    can_correct,
    check_can_correct,
    check_can_see_draft,
    check_can_see_escalations,
)

from . import looking, waiting
from .forms import CorrectionForm
from .guards import actor_of, needs

NOT_ASKED = "Slack could not be asked for this person. Nothing is lost: try again."


@require_GET
@needs(check_can_see_escalations)
def corrections_page(request):
    """Those that count today or later, findable by account or person, and the last that are over."""
    today, text = timezone.now().date(), one_line(request.GET.get("q", ""), 80)
    standing, over = list(reading.standing(today, text)), list(reading.over(today)) if not text else []
    context = {
        "standing": standing,
        "over": over,
        "accounts": reading.account_names([*standing, *over]),
        "q": text,
        "most": reading.MOST,
        "roles": {role.key: role.name for role in in_force().mapping.roles},
        "may_correct": can_correct(actor_of(request)),
    }
    return render(request, "corrections/page.html", context)


@require_http_methods(["GET", "POST"])
@needs(check_can_correct)
def new(request):
    """What somebody said, about the account and people of a draft (?draft=) or typed."""
    draft = _draft(request)
    form = _form(request, draft)
    if request.method == "GET":
        return _shown(request, form, draft)
    if not form.is_valid():
        return _shown(request, form, draft, status=422)
    row = form.row()
    if not _people_are_known(form, row) or form.closes_a_circle(row):
        return _shown(request, form, draft, status=422)
    row = corrections.record(row, by=request.user, now=timezone.now())
    messages.success(request, f"{row.reference} is recorded. It counts from now on.")
    waiting.name(request, row)
    if draft is None:
        return redirect("corrections")
    if draft.is_live and draft.author_id == request.user.pk:
        looking.look_up_all(draft, gateways(), start="people")
    return redirect(draft)


@require_http_methods(["GET", "POST"])
@needs(check_can_correct)
def end(request, number):
    """Asked once, on a page that says what follows: it may be a colleague's, and it cannot be put back, only said anew."""
    row = get_object_or_404(Correction.objects.select_related("recorded_by", "escalation"), pk=number)
    if request.method == "GET":
        roles = {role.key: role.name for role in in_force().mapping.roles}
        context = {"row": row, "accounts": reading.account_names([row]), "roles": roles}
        return redirect("corrections") if row.ended_at else render(request, "corrections/end.html", context)
    try:
        corrections.end(row, by=request.user, now=timezone.now())
        messages.success(request, f"{row.reference} is taken back. It no longer counts.")
    except corrections.AlreadyEnded:
        messages.info(request, f"{row.reference} was taken back before.")
    return redirect("corrections")


def _draft(request) -> Draft | None:
    """The draft from which somebody came, when it names an account; anything else is no draft."""
    try:
        number = UUID(request.GET.get("draft", ""))
    except ValueError:
        return None
    draft = get_object_or_404(Draft.objects.select_related("author"), pk=number)
    check_can_see_draft(actor_of(request), is_restricted(draft.instance))
    return draft


def _form(request, draft) -> CorrectionForm:
    """Of a draft: its account, and everybody who could be found for it; whom the review shows now stands first."""
    today, mapping = timezone.now().date(), in_force().mapping
    first, about = {"today": today}, {}
    if draft:
        facts = facts_of(draft)
        name = "" if is_restricted(draft.instance) else facts.customer_name
        about = {"account": (facts.account_id, name), "people": people_of(facts), "restricted": is_restricted(draft.instance)}
        plan = plan_of(draft, mapping, today, facts)
        shown = plan.contact.person if plan else None
        first |= {"about": shown.email.lower() if shown else "", "role": plan.scenario.role if plan else ""}
    return CorrectionForm(request.POST if request.method == "POST" else None, initial=first, mapping=mapping, **about)


def _people_are_known(form: CorrectionForm, row: Correction) -> bool:
    """Only colleagues can be named: Slack is asked for the one to tell. The name of who was typed is asked for as well."""
    if row.use_email:
        there = looking.colleague(gateways(), row.use_email)
        if not there.known:
            form.add_error("use_email", NOT_ASKED)
        elif not there.value or not there.value["active"] or there.value["guest"]:
            form.add_error("use_email", "Slack knows no colleague with this address.")
        else:
            row.use_name = there.value["name"]
    if row.email and not row.name:
        about = looking.colleague(gateways(), row.email)
        row.name = about.value["name"] if about.value else row.email
    return not form.errors


def _shown(request, form: CorrectionForm, draft, *, status: int = 200):
    context = {"form": form, "draft": draft, "account_name": form.account_name or form.account_id}
    return render(request, "corrections/new.html", context, status=status)

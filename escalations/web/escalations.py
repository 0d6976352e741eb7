"""Home, one escalation, the history."""

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_GET

from escalations.gateways.wiring import tickets_to_try
from escalations.models import Escalation
from escalations.models.clock import DatabaseNow, database_now
from escalations.models.planning import is_restricted
from escalations.reading import addressed, attention, escalation_page, history, history_export, overdue
from escalations.reading.exports import csv_rows
from escalations.reading.in_a_row import in_a_row
from escalations.reading.mapping import how_many_unpublished
from escalations.reading.mine import mine
from escalations.rules.permissions import (
    can_escalate,
    can_publish,
    can_record_answer,
    can_see_draft,
    can_undo,
    can_withdraw,
    check_can_see_escalations,
)

from .guards import actor_of, needs, read_by_auditors
from .timeline import timeline


@require_GET
def home(request):
    """The ticket field, what waits for me, my drafts, my last ten; in sandbox mode the tickets worth trying.

    Who may publish also sees how much there is to publish, and who is told sees what was addressed to them.
    """
    actor = actor_of(request)
    context = {"waiting": attention.needs_you(actor), "tickets": [], "addressed": []}
    context["overdue"] = SimpleLazyObject(lambda: overdue.listed(actor))  # asked only where the count says so
    if can_escalate(actor):
        context |= mine(request.user)
        context["tickets"] = tickets_to_try("US Government" in actor.groups)
    if "recipient" in actor.groups or not can_escalate(actor):
        context["addressed"] = addressed.listed(actor)
    context["unpublished"] = how_many_unpublished() if can_publish(actor) else 0
    return render(request, "home.html", context)


@require_GET
@needs(check_can_see_escalations)
@read_by_auditors(lambda number: f"ESC-{number}")
def escalation(request, number):
    return render(request, "escalations/escalation.html", _shown(request, escalation_of(number)))


@require_GET
@needs(check_can_see_escalations)
def deliveries(request, number):
    """The part that polls until every delivery has settled: then it comes without a trigger.

    With ?brief it is the line on the next ticket's page, which polls until it has left.
    """
    row = escalation_of(number)
    if not request.htmx:
        return redirect(row)
    if "brief" in request.GET:
        return render(request, "escalations/_just_sent.html", just_sent(request, row))
    return render(request, "escalations/_progress.html", {**_shown(request, row), "oob": True})


@require_GET
@needs(check_can_see_escalations)
@read_by_auditors("history")
def history_page(request):
    found = history.search(request.GET, day=timezone.now().date())
    template = "history/_rows.html" if request.htmx and not request.htmx.boosted else "history/history.html"
    return render(request, template, {"found": found})


@require_GET
@needs(check_can_see_escalations)
@read_by_auditors("export")
def history_csv(request):
    """Everything that the filters find, as it is read from the database. A question that cannot be read is no file."""
    rows, problems = history.all_of(request.GET)
    if problems:
        return render(request, "history/history.html", {"found": history.search(request.GET, day=timezone.now().date())}, status=422)
    found = history_export.lines(rows.iterator(chunk_size=history_export.AT_A_TIME))
    name = f"escalations-{timezone.now():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        csv_rows(history_export.COLUMNS, found), content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def escalation_of(number: int) -> Escalation:
    """With `read_at`, the database's time: how long it is held is judged by that."""
    rows = Escalation.objects.select_related("author", "mapping_version", "withdrawn_by", "draft").annotate(read_at=DatabaseNow())
    return get_object_or_404(rows, pk=number)


def just_sent(request, row: Escalation | None) -> dict:
    """What the page of the next ticket says of the one before it."""
    if row is None:
        return {"sent": None}
    held = escalation_page.still_held(row, now=database_now())
    return {"sent": row, **held, "may_undo": bool(held["held_seconds"]) and can_undo(actor_of(request), row.author.username)}


def _shown(request, row: Escalation) -> dict:
    actor, author, restricted = actor_of(request), row.author.username, is_restricted(row.instance)
    shown = escalation_page.escalation_page(row, now=row.read_at)
    undo = bool(shown["held_seconds"]) and can_undo(actor, author)
    stopped, back = bool(shown["stopped"] or shown["otherwise"] and not shown["held_seconds"]), shown["can_be_given_back"]
    return {
        "escalation": row,
        "timeline": timeline(row, shown["told"]),
        "restricted": restricted,
        "oob": False,
        "row": in_a_row(row.draft),
        "may_undo": undo,
        "may_undo_stopped": stopped and back and can_undo(actor, author) and not row.called_off,
        "may_start_again": bool(shown["stopped"]) and not back and can_undo(actor, author),
        "may_see_draft": can_see_draft(actor, restricted),
        "may_record": can_record_answer(actor, author),
        "may_withdraw": shown["can_be_withdrawn"] and not undo and can_withdraw(actor, author),
        **shown,
    }

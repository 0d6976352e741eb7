"""The mapping in force, for everybody in Support: a table, and the same rows as CSV or as the handbook page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from escalations.handbook.write import write
from escalations.models import MappingVersion, Scenario
from escalations.models.active import active
from escalations.reading import exports, matrix
from escalations.reading.mapping import unpublished_changes
from escalations.rules.permissions import can_edit_mapping, can_publish, can_see_admin, check_can_see_mapping

from .guards import actor_of, needs

FILTERS = ("role", "queue", "channel")
HEADER = (
    "Role", "Scenario", "Choose when", "Not when", "Zendesk", "Slack", "Queue", "Limits", "Keeper", "Verified on",
    "Used in 90 days", "Retired on", "Instead", "Key",
)  # fmt: skip


@require_GET
@needs(check_can_see_mapping)
def mapping_page(request):
    held = active()
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    rows = matrix.rows(held.mapping, timezone.now().date(), **chosen)
    asked = request.GET.get("format", "")
    if asked == "csv":
        return _file(f"mapping-v{held.number}.csv", "text/csv", "".join(exports.csv_rows(HEADER, map(_cells, rows))))
    if asked == "markdown":
        return _file(f"mapping-v{held.number}.md", "text/markdown", write(held.mapping))
    return render(request, "mapping/page.html", _page(held, rows, chosen) | _editing(request))


def _page(held, rows, chosen) -> dict:
    day = timezone.now().date()
    return {
        "version": MappingVersion.objects.defer("content").get(number=held.number),
        "rows": [row for row in rows if not matrix.is_retired(row, day)],
        "retired": [row for row in rows if matrix.is_retired(row, day)],
        "filters": [
            ("role", "Role", chosen["role"], [(role.key, role.name) for role in held.mapping.roles]),
            ("queue", "Queue", chosen["queue"], [(queue.key, queue.name) for queue in held.mapping.queues]),
            ("channel", "Channel", chosen["channel"], [(c.key, f"#{c.name}") for c in held.mapping.channels]),
        ],
        "filtered": any(chosen.values()),
        "csv": urlencode({name: key for name, key in chosen.items() if key} | {"format": "csv"}),
        "links": held.mapping.links,
        "stale_days": matrix.STALE_DAYS,
    }


def _editing(request) -> dict:
    """What only editors and publishers see: the unpublished changes, and where a row is edited."""
    actor = actor_of(request)
    may_edit = can_edit_mapping(actor)
    return {
        "may_see_changes": can_see_admin(actor),
        "may_publish": can_publish(actor),
        "unpublished": len(unpublished_changes()) if can_see_admin(actor) else 0,
        "row_ids": dict(Scenario.objects.values_list("key", "pk")) if may_edit else {},
    }


def _cells(row: matrix.Row) -> tuple:
    scenario = row.scenario
    return (
        row.role.name, scenario.title, scenario.choose_when, scenario.choose_when_not, "; ".join(row.zendesk),
        "; ".join(row.slack), "; ".join(row.queues), "; ".join(row.limits), scenario.keeper, row.verified_on, row.used,
        scenario.retired_on, scenario.instead, scenario.key,
    )  # fmt: skip


def _file(name: str, kind: str, text: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=f"{kind}; charset=utf-8", headers=disposition)

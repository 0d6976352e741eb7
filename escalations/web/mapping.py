"""The mapping, for everybody in Support: a table as on some day, and the same rows as CSV or as the handbook page."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from escalations.handbook.write import write
from escalations.models import MappingVersion, Scenario
from escalations.models.active import active, version
from escalations.reading import exports, matrix
from escalations.reading.mapping import unpublished_changes, version_on
from escalations.reading.people import names
from escalations.rules.escaping import one_line
from escalations.rules.mapping import Mapping
from escalations.rules.permissions import can_edit_mapping, can_publish, can_see_admin, check_can_see_mapping

from .days import day_asked
from .guards import actor_of, needs

FILTERS = ("role", "queue", "channel", "region")
HEADER = (
    "Role", "Scenario", "Choose when", "Not when", "Zendesk", "Slack", "Queue", "Limits", "Keeper", "Verified on",
    "Used in 90 days", "Retired on", "Instead", "State", "Key",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """The filters as understood: texts, "" is all; `on` is None for today. A sentence for each that was not understood."""

    filters: dict[str, str]
    on: date | None
    today: date
    problems: tuple[str, ...]

    @property
    def day(self) -> date:
        return self.on or self.today

    def query(self, *names: str, **more: str) -> str:
        """The same page again, with the filters of those names."""
        kept = {name: text for name, text in {**self.filters, "on": self.on}.items() if text and name in names}
        return urlencode({**kept, **more})


@require_GET
@needs(check_can_see_mapping)
def mapping_page(request):
    asked = read(request.GET, today=timezone.now().date())
    shown, mapping = _shown(asked)
    rows = matrix.rows(mapping, asked.day, asked.today, **asked.filters)
    wanted = request.GET.get("format", "") if shown and not asked.problems else ""
    if wanted == "csv":
        text = "".join(exports.csv_rows(HEADER, (_cells(row, asked.day) for row in rows)))
        return _file(shown, asked, "csv", "text/csv", text)
    if wanted == "markdown":
        return _file(shown, asked, "md", "text/markdown", write(mapping))
    context = {**_page(asked, mapping, rows), **_versions(shown), **_editing(request)}
    return render(request, "mapping/page.html", context, status=422 if asked.problems else 200)


def read(given, *, today: date) -> Asked:
    """`given` is the query string."""
    problems: list[str] = []
    filters = {name: one_line(given.get(name, ""), 80) for name in FILTERS}
    return Asked(filters, day_asked(given, "on", problems), today, tuple(problems))


def _shown(asked: Asked) -> tuple[MappingVersion | None, Mapping]:
    """What is in force also holds on days to come; a past day has the version of then."""
    held = active()
    if asked.day >= asked.today:
        return MappingVersion.objects.defer("content").get(number=held.number), held.mapping
    then = version_on(asked.day)
    return then, version(then.number) if then else Mapping()


def _page(asked: Asked, mapping: Mapping, rows: list[matrix.Row]) -> dict:
    by_state: dict[str, list[matrix.Row]] = {}
    for row in rows:
        by_state.setdefault(row.state(asked.day), []).append(row)
    region = asked.filters["region"]
    return {
        "asked": asked,
        "rows": by_state.get("in force", []),
        "later": by_state.get("not yet in force", []),
        "past": by_state.get("retired", []) + by_state.get("ended", []),
        "filters": [
            ("role", "Role", asked.filters["role"], [(role.key, role.name) for role in mapping.roles]),
            ("queue", "Queue", asked.filters["queue"], [(queue.key, queue.name) for queue in mapping.queues]),
            ("channel", "Channel", asked.filters["channel"], [(c.key, f"#{c.name}") for c in mapping.channels]),
        ],
        "regions": (known := matrix.regions(mapping)),
        "region_unknown": region and region.casefold() not in {name.casefold() for name in known},
        "filtered": any(asked.filters.values()) or asked.on is not None,
        "csv": asked.query(*FILTERS, "on", format="csv"),
        "markdown": asked.query("on", format="markdown"),
        "links": mapping.links,
        "stale_days": matrix.STALE_DAYS,
        "used_from": matrix.used_since(asked.today),
        "used": sum(row.used for row in rows),
        "samples": sum(row.samples for row in rows),
    }


def _versions(shown: MappingVersion | None) -> dict:
    """The version in force, the one that is shown, and who published them."""
    live = MappingVersion.objects.defer("content").get(number=active().number)
    return {"version": live, "shown": shown, "names": names()}


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


def _cells(row: matrix.Row, day: date) -> tuple:
    scenario = row.scenario
    return (
        row.role.name, scenario.title, scenario.choose_when, scenario.choose_when_not, "; ".join(row.zendesk),
        "; ".join(row.slack), "; ".join(row.queues), "; ".join(row.limits), scenario.keeper, row.verified_on, row.used,
        scenario.retired_on, scenario.instead, row.state(day), scenario.key,
    )  # fmt: skip


def _file(shown: MappingVersion, asked: Asked, ending: str, kind: str, text: str) -> HttpResponse:
    name = f"mapping-{shown}{f'-on-{asked.on}' if asked.on else ''}.{ending}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=f"{kind}; charset=utf-8", headers=disposition)

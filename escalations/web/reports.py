"""Reports: the page, its CSV, and reading what was asked for. What cannot be read is named, and the page still stands."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from escalations.reading import reports
from escalations.reading.exports import csv_rows
from escalations.reading.outcomes import became
from escalations.rules.escaping import one_line
from escalations.rules.permissions import check_can_see_reports

from .days import day_asked
from .guards import needs, read_by_auditors
from .outcome_table import COLUMNS as OUTCOME_COLUMNS
from .outcome_table import cells, outcome_table
from .report_tables import tables

USUAL_WEEKS, MOST_WEEKS = 13, 104
COLUMNS = (
    "Week from",
    "Week to",
    "Role",
    "Scenario",
    "Escalations",
    "Sent in full",
    "Cancelled",
    "Nobody found",
    "Samples",
    "Cc by hand",
    *OUTCOME_COLUMNS,
)


@dataclass(frozen=True)
class Asked:
    """The filters as understood, and a sentence for each that was not."""

    first: date
    last: date
    role: str
    with_samples: bool
    problems: tuple[str, ...]

    @property
    def query(self) -> str:
        """The same page again, as a query string."""
        return self.samples_as(self.with_samples)

    @property
    def other_samples(self) -> str:
        """The same page with the samples counted the other way."""
        return self.samples_as(not self.with_samples)

    def samples_as(self, with_samples: bool) -> str:
        role = {"role": self.role} if self.role else {}
        return urlencode({"from": self.first, "to": self.last, **role, "samples": int(with_samples)})


@require_GET
@needs(check_can_see_reports)
@read_by_auditors("reports")
def reports_page(request):
    return _page(request, *_asked_for(request.GET))


@require_GET
@needs(check_can_see_reports)
@read_by_auditors("export")
def reports_csv(request):
    """The numbers of the page, a line for each week and scenario. A question that cannot be read is no file."""
    asked, report = _asked_for(request.GET)
    if asked.problems:
        return _page(request, asked, report)
    response = HttpResponse("".join(csv_rows(COLUMNS, _lines(report))), content_type="text/csv; charset=utf-8")
    name = f"escalations-by-week-{asked.first}-to-{asked.last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def read(given, *, today: date) -> Asked:
    """`given` is the query string. The days come back as the first and last of whole weeks."""
    problems: list[str] = []
    last = min(day_asked(given, "to", problems) or today, today)
    usual = reports.monday_of(last) - (USUAL_WEEKS - 1) * reports.WEEK
    first = day_asked(given, "from", problems) or usual
    if first > last:
        problems.append(
            f"The first day ({first}) is after the last ({last}). Shown are the {USUAL_WEEKS} weeks up to the last."
        )
        first = usual
    first, last = reports.monday_of(first), reports.monday_of(last) + timedelta(days=6)
    if (last - first).days >= 7 * MOST_WEEKS:
        problems.append(
            f"At most {MOST_WEEKS} weeks are shown at a time. Shown are the last {MOST_WEEKS} of those you chose."
        )
        first = last + timedelta(days=1) - MOST_WEEKS * reports.WEEK
    return Asked(first, last, (given.get("role") or "").strip(), _samples(given, problems), tuple(problems))


def _asked_for(given) -> tuple[Asked, reports.Report]:
    today = timezone.now().date()
    asked = read(given, today=today)
    report = _report(asked, today)
    if not asked.role or asked.role in dict(report.roles):
        return asked, report
    problem = f"There is no role “{one_line(asked.role, 40)}”. Shown are all roles."
    asked = Asked(asked.first, asked.last, "", asked.with_samples, (*asked.problems, problem))
    return asked, _report(asked, today)


def _report(asked: Asked, today: date) -> reports.Report:
    return reports.report(
        first=asked.first, last=asked.last, today=today, role=asked.role, with_samples=asked.with_samples
    )


def _page(request, asked: Asked, report: reports.Report) -> HttpResponse:
    role_name = dict(report.roles).get(asked.role, "")
    context = {
        "asked": asked,
        "role_name": role_name,
        "report": report,
        "tables": tables(report, asked.role),
        "outcomes": outcome_table(report, asked.role),
    }
    return render(request, "reports/page.html", context, status=422 if asked.problems else 200)


def _samples(given, problems: list[str]) -> bool:
    text = (given.get("samples") or "").strip()
    if text in ("0", "1"):
        return text == "1"
    if text:
        problems.append("Samples are counted with samples=1, and left out with samples=0.")
    return reports.samples_by_default()


def _lines(report: reports.Report):
    for row, outcomes in zip(report.rows, became(report), strict=True):
        for week, tally, outcome in zip(report.weeks, row.weeks, outcomes, strict=True):
            counts = (tally.total, tally.in_full, tally.withdrawn, tally.nobody, tally.samples, tally.cc_by_hand)
            yield (week.monday, week.sunday, row.role_name, row.title, *counts, *cells(outcome))

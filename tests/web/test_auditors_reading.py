"""What an auditor reads is on record, and nobody else's reading is."""

import pytest

from escalations.models import AuditEvent
from tests.actions.factories import make_escalation


@pytest.mark.parametrize(
    ("address", "read"),
    [("/escalations/{pk}/", "ESC-{pk}"), ("/history/", "history"), ("/reports/", "reports"), ("/reports/escalations-by-week.csv", "export")],
)
def test_an_auditors_reading_is_on_record(visit, mapping, people, address, read):
    pk = make_escalation(people["engineer"]).pk
    for username in ("engineer", "auditor"):
        visit(username).open(address.format(pk=pk))
    assert list(AuditEvent.objects.filter(action="record.read").values_list("actor", "object")) == [("auditor", read.format(pk=pk))]


def test_the_time_line_says_who_has_read(visit, mapping, people):
    row = make_escalation(people["engineer"])
    visit("auditor").open(row.get_absolute_url())
    assert "Read by an auditor" in visit("engineer").open(row.get_absolute_url()).text


def test_what_is_not_there_or_not_theirs_was_not_read(visit, mapping, people):
    visit("auditor").open("/escalations/999999/")
    visit("csm").open("/history/")
    assert not AuditEvent.objects.filter(action="record.read").exists()

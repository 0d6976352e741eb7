"""The history as a file: what the filters find, with the same explanation as on each page, and nothing that a spreadsheet would run."""

import csv
import io

import pytest
from django.urls import reverse

from escalations.models import AuditEvent, Escalation
from escalations.reading.history_export import COLUMNS
from tests.actions.factories import make_escalation
from tests.conftest import NOON

CHAIN = [
    {"label": "Situation", "text": "Chosen by the engineer", "source": "", "seen_at": "", "refused": False},
    {"label": "Salesforce: the account owner", "text": "Omar Haddad has left", "source": "", "seen_at": "2026-03-02T12:00:00+00:00", "refused": True},
    {"label": "Place", "text": "#sales", "source": "Slack", "seen_at": "2026-03-02T12:00:01+00:00", "refused": False},
]
WHY = (
    "Situation: Chosen by the engineer → Salesforce: the account owner: not taken: Omar Haddad has left (read 2026-03-02 12:00 UTC) → "
    "Place: #sales (Slack, read 2026-03-02 12:00 UTC)"
)


@pytest.fixture
def rows(people, mapping):
    ana = people["engineer"]
    make_escalation(ana, customer_name="=cmd|Acme", contact_name="Dana Reyes", explanation=CHAIN)
    make_escalation(ana, customer_name="Globex", ticket_id=1002)
    make_escalation(ana, customer_name="Agency", instance="usgov", ticket_id=7001)


def told(client, **asked) -> list[list[str]]:
    answer = client.get(reverse("history-csv"), asked)
    assert answer.status_code == 200 and answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))


def test_each_escalation_is_a_line_with_its_explanation(rows, sign_in):
    header, *lines, last = told(sign_in("engineer"))
    assert header == list(COLUMNS) and last == ["End of the file", "3"]
    oldest = dict(zip(header, lines[-1], strict=True))
    assert oldest["Why this person and this place"] == WHY
    assert (oldest["Customer"], oldest["To"], oldest["By"]) == ("'=cmd|Acme", "Dana Reyes", "Ana Lima")


@pytest.mark.parametrize(("values", "answer"), [
    ({"state": "completed"}, "awaiting_reply"), ({"state": "in_progress"}, ""), ({"state": "cancelled"}, ""), ({"state": "completed", "withdrawn_at": NOON, "withdrawn_because": "Wrong account"}, ""),
])  # fmt: skip
def test_what_was_undone_or_withdrawn_waits_for_no_answer(people, mapping, sign_in, values, answer):
    by = {"withdrawn_by": people["engineer"]} if "withdrawn_at" in values else {}
    make_escalation(people["engineer"], follow_up="awaiting_reply", answer_on=NOON.date(), overdue_at=NOON, **values, **by)
    header, line, _ = told(sign_in("engineer"))
    assert dict(zip(header, line, strict=True))["Answer"] == answer


def test_the_filters_of_the_page_count(rows, sign_in):
    _, line, last = told(sign_in("engineer"), customer="Globex")
    assert line[3] == "Globex" and last[1] == "1"
    assert told(sign_in("engineer"), customer="nobody")[1] == ["End of the file", "0"]


def test_of_a_us_government_ticket_no_customer_leaves(rows, sign_in):
    assert "Agency" not in str(told(sign_in("usgov")))


def test_a_question_that_cannot_be_read_is_no_file(rows, sign_in):
    answer = sign_in("engineer").get(reverse("history-csv"), {"ticket": "12 apples"})
    assert answer.status_code == 422 and "is no ticket number" in answer.content.decode()


def test_the_page_links_to_the_file_of_what_it_shows(rows, visit):
    page = visit().open("/history/?customer=Globex")
    assert f'href="{reverse("history-csv")}?customer=Globex"' in page.html
    assert "Download as CSV" not in visit().open("/history/?customer=nobody").html


def test_that_an_auditor_took_it_is_on_record(rows, sign_in):
    told(sign_in("auditor"))
    assert AuditEvent.objects.filter(object="export").exists()


def test_many_are_read_some_at_a_time(people, mapping, sign_in, monkeypatch, django_assert_max_num_queries):
    from escalations.reading import history_export

    monkeypatch.setattr(history_export, "AT_A_TIME", 2)
    for number in range(5):
        make_escalation(people["engineer"], ticket_id=1000 + number)
    client = sign_in("engineer")
    with django_assert_max_num_queries(8):
        assert len(told(client)) == Escalation.objects.count() + 2

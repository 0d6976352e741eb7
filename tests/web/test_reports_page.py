"""The page of the reports and its CSV, for the people who may read them."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.http import QueryDict
from django.urls import reverse
from hypothesis import given as generated
from hypothesis import strategies as st

from escalations.actions import samples
from escalations.models import Escalation
from escalations.reading import history
from escalations.web import reports
from tests.actions.factories import make_delivery, make_escalation

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture
def look(mapping, sign_in, time_machine):
    """The page as the engineer sees it, some samples being there."""
    time_machine.move_to(NOW, tick=False)
    samples.make_samples(now=NOW, count=40)
    client = sign_in("engineer")
    return lambda name="reports", **given: client.get(reverse(name), given)


def test_the_usual_thirteen_weeks():
    asked = reports.read({"samples": "0"}, today=TODAY)
    assert (asked.first, asked.last, asked.problems) == (date(2026, 8, 31), date(2026, 11, 29), ())


@pytest.mark.parametrize(
    ("given", "first", "last", "said"),
    [
        ({"from": "2026-11-04", "to": "2026-11-04"}, "2026-11-02", "2026-11-08", ""),
        ({"to": "2026-10-04"}, "2026-07-06", "2026-10-04", ""),
        ({"to": "2090-01-01"}, "2026-08-31", "2026-11-29", ""),
        ({"from": "2026-11-20", "to": "2026-10-04"}, "2026-07-06", "2026-10-04", "is after the last"),
        ({"from": "yesterday"}, "2026-08-31", "2026-11-29", "“yesterday” is not a day"),
        ({"from": "2026-02-30"}, "2026-08-31", "2026-11-29", "not a day"),
        ({"from": "\x00\u202e" + "9" * 500}, "2026-08-31", "2026-11-29", "not a day"),
        ({"from": "0001-01-01"}, "2026-08-31", "2026-11-29", "too far away"),
        ({"to": "9999-12-31"}, "2026-08-31", "2026-11-29", "too far away"),
        ({"from": "2001-01-01"}, "2024-12-02", "2026-11-29", "At most 104 weeks"),
        ({"samples": "maybe"}, "2026-08-31", "2026-11-29", "samples=1"),
    ],
)
def test_what_was_asked_for(db, given, first, last, said):
    asked = reports.read(given, today=TODAY)
    assert (asked.first.isoformat(), asked.last.isoformat()) == (first, last)
    assert said in " ".join(asked.problems) and len(asked.problems) == bool(said)
    assert (asked.last - asked.first).days <= 7 * reports.MOST_WEEKS - 1


@generated(st.fixed_dictionaries({"from": st.text() | st.dates().map(str), "to": st.text() | st.dates().map(str), "role": st.text()}))
def test_whatever_is_asked_for_whole_weeks_are_shown(given):
    asked = reports.read({**given, "samples": "0"}, today=TODAY)
    assert (asked.first.weekday(), asked.last.weekday()) == (0, 6)
    assert 6 <= (asked.last - asked.first).days < 7 * reports.MOST_WEEKS


def test_the_page_says_that_samples_are_counted(look):
    html = look().content.decode()
    counted = Escalation.objects.filter(day__gte="2026-08-31").exclude(state="cancelled").count()
    assert f"Includes {counted} sample escalations" in html
    assert "sample escalations" not in look(samples="0").content.decode()


def test_what_was_undone_is_no_escalation_that_was_sent(look, people):
    before = look().context["report"].sum
    undone = make_escalation(people["engineer"], state="cancelled", submitted_at=NOW, day=TODAY)
    answer = look()
    assert answer.context["report"].sum == replace(before, withdrawn=before.withdrawn + 1)
    assert f"{before.withdrawn + 1} more w" in answer.content.decode()
    found = look("history", state="not cancelled").context["found"]
    assert found.rows and undone not in found.rows


def test_each_number_opens_as_many_escalations(look, sign_in):
    html = look().content.decode()
    links = re.findall(r'<a href="(/history/\?[^"]+)">(\d+)</a>', html)
    assert len(links) > 30
    client = sign_in("engineer")
    for address, number in [link for link in links if int(link[1]) <= 30][::9]:
        found = client.get(address.replace("&amp;", "&")).context["found"]
        assert (len(found.rows), found.problems) == (int(number), ())


@pytest.mark.parametrize("given", [{"from": "x"}, {"role": "nobody<b>"}, {"role": "\x00"}, {"samples": "x"}, {"from": "1900-01-01"}])
@pytest.mark.parametrize("name", ["reports", "reports-csv"])
def test_bad_input_is_named_and_the_page_stands(look, name, given):
    response = look(name, **given)
    html = response.content.decode()
    assert response.status_code == 422
    assert 'role="alert"' in html and "Week by week" in html and "<b>" not in html


def test_nothing_in_these_weeks(look):
    response = look(**{"from": "2020-01-06", "to": "2020-02-02"})
    assert response.status_code == 200
    assert "Nothing was escalated in these weeks." in response.content.decode()


def test_two_years_are_one_page(look):
    assert len(look(**{"from": "2024-12-02"}).context["tables"].numbers) == 8


def test_the_csv_has_the_numbers_of_the_page(look):
    response = look("reports-csv")
    [header, *lines] = csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline=""))
    assert header == list(reports.COLUMNS)
    assert header[:10] == ["Week from", "Week to", "Role", "Scenario", "Escalations", "Sent in full", "Cancelled", "Nobody found", "Samples", "Cc by hand"]
    assert sum(int(line[4]) for line in lines) == look().context["report"].sum.total
    assert response["Content-Disposition"] == 'attachment; filename="escalations-by-week-2026-08-31-to-2026-11-29.csv"'
    assert {line[0] for line in lines} >= {"2026-08-31", "2026-11-23"}


def test_the_csv_says_what_became_of_them_in_its_last_columns(look):
    [header, *lines] = csv.reader(io.StringIO(look("reports-csv").content.decode("utf-8-sig"), newline=""))
    assert header[10:] == [
        "Asked for an answer", "Now: Waited for", "Now: Overdue", "Now: I have it", "Now: Not mine", "Now: Withdrawn", "Now closed: Done",
        "Now closed: Handed over", "Now closed: Not needed", "Now closed: No answer", "At any time: I have it", "At any time: Not mine",
        "At any time: Overdue", "At any time: Answered", "First answer after (median hours)",
    ]  # fmt: skip
    sums = [sum(int(line[n]) for line in lines) for n in range(10, 24)]
    total = look().context["outcomes"].sum
    assert sums == [total.asked.n, *(number.n for number in total.numbers), total.outcome.ever_answered]
    for line in lines:
        asked, *now = map(int, line[10:20])
        assert asked == sum(now) <= int(line[4])
        assert line[23] != "0" or line[24] == "", "no hours where nothing was answered"


def test_what_became_of_them_adds_up_and_each_number_opens_its_rows(look):
    found = look().context["outcomes"]
    assert len(found.lines) > 4 and found.sum.asked.n + found.only_aware == look().context["report"].sum.total
    for line in (*found.lines, found.sum):
        assert line.asked.n == sum(number.n for number in line.numbers[:9])
        for number in (line.asked, *line.numbers):
            rows, problems = history.all_of(QueryDict(number.query))
            assert (rows.count() if number.n else 0, problems) == (number.n, [])
    assert found.sum.asked.n == sum(line.asked.n for line in found.lines)
    roles = [line.row.role_key for line in found.lines]
    assert sum(line.first_of_role for line in found.lines) == len(set(roles))


def test_of_one_role_only_its_scenarios_became_something(look):
    found = look(role="ao").context["outcomes"]
    assert {line.row.role_key for line in found.lines} == {"ao"}
    assert history.all_of(QueryDict(found.sum.asked.query))[0].count() == found.sum.asked.n > 0


def test_where_nothing_was_asked_the_page_says_so(look, people):
    html = words(look(samples="0", **made_now(people)))
    assert "None of these asked for an answer" in html and "Overdue at any time" not in html


def test_where_nobody_has_answered_the_page_says_so(look, people):
    html = words(look(samples="0", **made_now(people, answer_on=TODAY, overdue_at=NOW, follow_up="awaiting_reply")))
    assert "nobody has answered yet" in html and "1 more is waited for" in html


def test_it_says_which_day_counts_and_what_is_not_sent_yet(look, people):
    html = words(look(samples="0", **made_now(people)))
    assert "the day on which Send was pressed" in html and "not sent yet" not in html and "it was sent;" not in html
    make_escalation(people["engineer"], state="submitted", submitted_at=NOW, day=TODAY)
    html = words(look(samples="0", **{"from": "2026-11-23"}))
    assert "100 % every message arrived; 1 more is not sent yet, or under way" in html


@pytest.mark.parametrize("seconds, said", [(20, "under 1 min"), (90, "2 min"), (3000, "50 min"), (9000, "2.5 h")])
def test_a_first_answer_within_the_hour_is_said_in_minutes(look, people, seconds, said):
    given = made_now(people, answer_on=TODAY, overdue_at=NOW, follow_up="acknowledged")
    row = Escalation.objects.latest("pk")
    make_delivery(people["engineer"], escalation=row, state="delivered", remote_id="C1:1.1", settled_at=NOW)
    row.follow_ups.create(what="acknowledged", said_by="Dana Reyes", recorded_by=people["engineer"], recorded_at=NOW + timedelta(seconds=seconds))
    html = words(look(samples="0", **given))
    assert f"First answer after {said} median of 1" in html and "0.0 h" not in html


def made_now(people, **values) -> dict:
    """Something real was sent today; the filters that show it alone."""
    make_escalation(people["engineer"], state="completed", submitted_at=NOW, day=TODAY, **values)
    return {"from": "2026-11-23"}


def words(answer) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode())))


def test_a_title_that_could_run_is_text_in_the_csv(look):
    Escalation.objects.update(scenario_title="=1+1")
    assert ",'=1+1," in look("reports-csv").content.decode()


def test_a_foreign_title_is_text_on_the_page(look):
    Escalation.objects.update(scenario_title="<script>alert(1)</script>")
    assert "<script>alert(1)" not in look().content.decode()


def test_a_reader_sees_the_numbers_but_no_customers(look, sign_in, people):
    people["owner"].groups.set(Group.objects.filter(name="reader"))
    html = sign_in("owner").get(reverse("reports")).content.decode()
    assert "Week by week" in html and "/history/" not in html
    assert not [name for name in Escalation.objects.values_list("customer_name", flat=True) if name and name in html]


@pytest.mark.parametrize("name", ["reports", "reports-csv"])
def test_a_recipient_sees_no_reports(mapping, sign_in, name):
    assert sign_in("owner").get(reverse(name)).status_code == 403


def test_no_style_and_no_script_in_the_page(look):
    main = look().content.decode().partition("<main")[2]
    assert " style=" not in main and "<script" not in main and "onclick" not in main


def test_each_sample_has_a_whole_page_of_its_own(look, sign_in):
    client = sign_in("engineer")
    for row in Escalation.objects.all():
        html = client.get(row.get_absolute_url()).content.decode()
        assert row.reference in html and row.scenario_title in unescape(html)


def test_queries_of_the_page(look, django_assert_max_num_queries):
    look()
    with django_assert_max_num_queries(12):
        look()


def test_what_asks_and_has_not_arrived_did_not_only_make_aware(visit):
    """Ana asks Dana twice: one has arrived, the other is still held."""
    visit().look_up("1001").choose("customer-asked").send()
    held = Escalation.objects.get()
    there = {name: getattr(held, name) for name in ("answer_on", "overdue_at", "day", "submitted_at", "role_key", "scenario_key")}
    make_escalation(held.author, state="completed", follow_up="awaiting_reply", **there)
    text = visit("teamlead").open("/reports/").text
    assert "only made somebody aware" not in text and "1 more asks something and did not arrive, or not yet" in text

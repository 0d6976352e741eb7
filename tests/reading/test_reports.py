"""Counting by role, scenario and week."""

from datetime import UTC, date, datetime, timedelta

import pytest

from escalations.models import Draft, Escalation, MappingVersion
from escalations.reading.reports import Tally, Week, fold, monday_of, report, samples_by_default, weeks_between

TODAY = date(2026, 3, 4)  # a Wednesday
MONDAY = date(2026, 3, 2)


@pytest.fixture
def sent(mapping, people):
    """Write one escalation; what is not given does not matter."""
    version = MappingVersion.objects.get()

    def write(day=MONDAY, scenario="emergency", role="csm", title="Emergency", **more):
        given = {"role_name": "Customer Success Manager", "contact_name": "Dana Reyes", "state": "completed", **more}
        return Escalation.objects.create(
            author=people["engineer"], instance="main", ticket_id=1, role_key=role, scenario_key=scenario, scenario_title=title,
            mapping_version=version, submitted_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC), day=day, facts=[], **given,
        )  # fmt: skip

    return write


def this_week(**more):
    return report(**{"first": MONDAY, "last": TODAY, "today": TODAY, **more})


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        ("2026-03-02", "2026-03-02"),  # a Monday is its own
        ("2026-03-01", "2026-02-23"),  # a Sunday belongs to the week before
        ("2026-03-08", "2026-03-02"),
        ("2025-12-31", "2025-12-29"),  # the year changes inside a week
        ("2026-01-01", "2025-12-29"),
        ("2026-01-04", "2025-12-29"),
        ("2026-01-05", "2026-01-05"),
        ("2024-02-29", "2024-02-26"),
        ("2021-01-03", "2020-12-28"),  # the last day of a week 53
    ],
)
def test_the_monday_of_a_day(day, monday):
    assert monday_of(date.fromisoformat(day)) == date.fromisoformat(monday)


@pytest.mark.parametrize(
    ("first", "last", "mondays"),
    [
        ("2026-03-02", "2026-03-08", ["2026-03-02"]),
        ("2026-03-04", "2026-03-04", ["2026-03-02"]),
        ("2026-03-01", "2026-03-02", ["2026-02-23", "2026-03-02"]),
        ("2025-12-28", "2026-01-05", ["2025-12-22", "2025-12-29", "2026-01-05"]),
    ],
)
def test_the_weeks_of_a_range(first, last, mondays):
    weeks = weeks_between(date.fromisoformat(first), date.fromisoformat(last))
    assert [week.monday.isoformat() for week in weeks] == mondays


def test_days_are_folded_into_their_weeks():
    weeks = (Week(date(2025, 12, 29)), Week(date(2026, 1, 5)), Week(date(2026, 1, 12)))
    days = {date(2025, 12, 28): 64, date(2025, 12, 29): 1, date(2026, 1, 4): 2, date(2026, 1, 5): 4, date(2026, 1, 19): 128}
    folded = fold({day: Tally(total) for day, total in days.items()}, weeks, Tally())
    assert [tally.total for tally in folded] == [3, 4, 0]


@pytest.mark.parametrize(
    ("tally", "in_full", "nobody"),
    [
        (Tally(), None, None),
        (Tally(4, 4, 0, 0), 100, 0),
        (Tally(2, 2, 2, 2), 100, 100),
        (Tally(0, 0, 2, 0), None, None),
        (Tally(1000, 999, 0, 1), 99, 1),  # never rounded to all or none
        (Tally(3, 1, 0, 2), 33, 67),
    ],
)
def test_shares(tally, in_full, nobody):
    assert (tally.in_full_share, tally.nobody_share) == (in_full, nobody)


def test_nothing_sent(mapping):
    empty = this_week()
    assert (empty.sum, empty.rows, empty.by_week) == (Tally(), (), (Tally(),))
    assert [key for key, _ in empty.roles] == ["ao", "csm", "cse"]


def test_counts_by_role_scenario_and_week(sent):
    sent()
    sent(day=MONDAY - timedelta(days=1), state="cancelled")
    sent(scenario="pass-lead", role="ao", role_name="Account Owner", state="attention", contact_name="")
    sent(day=MONDAY - timedelta(days=8))
    found = this_week(first=MONDAY - timedelta(days=1))
    assert [(row.role_key, row.scenario_key, [tally.total for tally in row.weeks]) for row in found.rows] == [
        ("ao", "pass-lead", [0, 1]),
        ("csm", "emergency", [0, 1]),
    ]
    assert found.sum == Tally(2, 1, 1, 1, 0), "what was cancelled before it was sent is no escalation that was sent"
    assert [tally.total for tally in found.by_week] == [0, 2]
    assert [tally.total for tally in found.of_role("csm")] == [0, 1]


def test_what_was_cancelled_counts_nowhere_but_as_cancelled(sent):
    sent(state="cancelled", contact_name="", cc_because="The customer asked", sample=True)
    assert this_week(with_samples=True).sum == Tally(withdrawn=1)


def test_what_is_still_held_or_under_way_takes_nothing_from_sent_in_full(sent):
    for state in ("completed", "submitted", "in_progress"):
        sent(state=state)
    assert (this_week().sum.total, this_week().sum.in_full_share, this_week().sum.under_way) == (3, 100, 2)
    sent(state="not_sent")
    assert this_week().sum.in_full_share == 50


def test_where_all_is_under_way_nothing_is_said_of_sent_in_full(sent):
    sent(state="submitted")
    assert this_week().sum.in_full_share is None


def test_one_role_only(sent):
    sent()
    sent(scenario="pass-lead", role="ao")
    found = this_week(role="ao")
    assert [row.scenario_key for row in found.rows] == ["pass-lead"]
    assert "csm" in dict(found.roles)


def test_samples_are_counted_when_asked_for(sent):
    sent(sample=True)
    assert samples_by_default()
    assert this_week().sum.total == 0
    assert this_week(with_samples=True).sum == Tally(1, 1, 0, 0, 1)


def test_without_samples_nothing_speaks_of_them(sent):
    sent()
    assert not samples_by_default()


def test_names_are_those_of_then(sent):
    sent(title="Tell the TAM", role_name="Technical Account Manager")
    sent(title="Tell the CSM", role_name="Customer Success Manager")
    [row] = this_week().rows
    assert (row.title, row.formerly, row.role_name) == ("Tell the CSM", "Tell the TAM", "Customer Success Manager")


def test_a_renamed_role_has_one_name(sent):
    sent(role_name="Technical Account Manager")
    sent(scenario="training", role_name="Customer Success Manager")
    assert {row.role_name for row in this_week().rows} == {"Customer Success Manager"}


def test_what_the_mapping_no_longer_has_comes_last(sent):
    sent(scenario="gone", role="gone", role_name="Gone")
    sent()
    found = this_week()
    assert [row.scenario_key for row in found.rows] == ["emergency", "gone"]
    assert dict(found.roles)["gone"] == "Gone"


@pytest.mark.parametrize(("role", "counted"), [("", 2), ("csm", 1), ("ao", 0)])
def test_not_escalated_is_counted_on_the_day_it_ended(mapping, people, role, counted):
    def ended(scenario, day, state="not_escalated"):
        at = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
        Draft.objects.create(
            author=people["engineer"], instance="main", ticket_id=1, state=state, scenario_key=scenario, created_at=at, updated_at=at
        )

    ended("upgrade-assistance", MONDAY)
    ended("", MONDAY + timedelta(days=6))
    ended("upgrade-assistance", MONDAY - timedelta(days=1))
    ended("upgrade-assistance", MONDAY, state="discarded")
    assert this_week(role=role).not_escalated == counted


def test_queries_do_not_grow_with_what_was_sent(sent, django_assert_num_queries):
    for days in range(20):
        sent(day=MONDAY - timedelta(days=days), scenario=f"s{days % 4}")
    this_week()  # the mapping in force is read once
    with django_assert_num_queries(3):
        this_week(first=date(2025, 1, 1))

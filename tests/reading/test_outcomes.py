"""What became of what was sent: where each stands, what was said at any time, and that the parts add up."""

from dataclasses import fields
from datetime import date, timedelta
from functools import reduce
from statistics import median

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalations.reading import history
from escalations.reading.outcomes import EVER, STANDS, Outcome, became
from escalations.reading.reports import report
from escalations.rules.follow_up import DISPOSITIONS
from tests.actions.factories import make_delivery, make_escalation
from tests.conftest import NOON

DUE = NOON + timedelta(hours=36)  # the end of the next day
HOUR = timedelta(hours=1)
MONDAY = NOON.date()


@pytest.fixture
def asked(mapping, people):
    """Write one that asks by DUE and arrived at NOON; `said` are (what, hours after NOON), in order."""
    ana = people["engineer"]

    def write(*said, arrived=True, withdrawn=False, disposition="done", **more):
        values = {"state": "completed", "follow_up": "awaiting_reply", "answer_on": MONDAY, "overdue_at": DUE, **more}
        if said:
            values["follow_up"] = said[-1][0]
        if withdrawn:
            values |= {"withdrawn_at": NOON, "withdrawn_by": ana, "withdrawn_because": "Sent twice"}
        row = make_escalation(ana, **values)
        if arrived:
            make_delivery(ana, escalation=row, state="delivered", remote_id=f"C1:{row.pk}", settled_at=NOON)
        for what, hours in said:
            closing = {"disposition": disposition} if what == "closed" else {}
            row.follow_ups.create(what=what, said_by="Dana Reyes", recorded_by=ana, recorded_at=NOON + hours * HOUR, **closing)
        return row

    return write


def outcome(**more) -> Outcome:
    """Of the week of NOON, all rows together."""
    found = became(report(**{"first": MONDAY, "last": MONDAY, "today": MONDAY, **more}))
    return reduce(Outcome.__add__, (one for weeks in found for one in weeks), Outcome())


def counts(found: Outcome) -> dict[str, int]:
    """Those that are not 0, without the times."""
    return {field.name: n for field in fields(found) if field.name != "waits" and (n := getattr(found, field.name))}


def test_nothing_was_sent(mapping):
    assert outcome() == Outcome() and outcome().hours is None


@pytest.mark.parametrize(
    ("said", "more", "expected"),
    [
        ((), {}, {"awaiting_reply": 1}),
        ((), {"follow_up": "overdue"}, {"overdue": 1, "ever_overdue": 1}),
        ((("acknowledged", 1),), {}, {"acknowledged": 1, "ever_answered": 1, "ever_acknowledged": 1}),
        ((("not_mine", 1),), {}, {"not_mine": 1, "ever_answered": 1, "ever_not_mine": 1}),
        ((("acknowledged", 1), ("closed", 2)), {}, {"done": 1, "ever_answered": 1, "ever_acknowledged": 1}),
        ((("acknowledged", 1), ("not_mine", 2)), {}, {"not_mine": 1, "ever_answered": 1, "ever_acknowledged": 1, "ever_not_mine": 1}),
        ((("closed", 1),), {"disposition": "no_answer"}, {"no_answer": 1}),
        ((("acknowledged", 37),), {}, {"acknowledged": 1, "ever_answered": 1, "ever_acknowledged": 1, "ever_overdue": 1}),
        ((("closed", 37),), {"disposition": "not_needed"}, {"not_needed": 1, "ever_overdue": 1}),
        ((("acknowledged", 1), ("closed", 40)), {"disposition": "handed_over"}, {"handed_over": 1, "ever_answered": 1, "ever_acknowledged": 1}),
        ((), {"withdrawn": True}, {"withdrawn": 1}),
        ((), {"withdrawn": True, "follow_up": "overdue"}, {"withdrawn": 1, "ever_overdue": 1}),
        ((("acknowledged", 1),), {"withdrawn": True}, {"withdrawn": 1, "ever_answered": 1, "ever_acknowledged": 1}),
    ],
)
def test_where_one_stands_and_what_was_said_of_it(asked, said, more, expected):
    asked(*said, **more)
    assert counts(outcome()) == {"asked": 1, **expected}


def test_who_was_never_told_is_never_late(asked):
    asked(("acknowledged", 40), arrived=False, state="attention")
    assert outcome().ever_overdue == 0


@pytest.mark.parametrize("left_out", [{"answer_on": None, "overdue_at": None, "follow_up": "none"}, {"state": "cancelled"}, {"sample": True}])
def test_what_asks_nothing_was_cancelled_or_is_a_sample_waits_for_nobody(asked, left_out):
    asked(**left_out)
    assert outcome() == Outcome()


def test_an_answer_to_what_asks_nothing_counts_nowhere(asked):
    asked(("acknowledged", 1), answer_on=None, overdue_at=None)
    assert outcome() == Outcome()


def test_samples_count_when_they_are_asked_for(asked):
    asked(("acknowledged", 1), sample=True)
    assert outcome(with_samples=True).acknowledged == 1


def test_one_role_only(asked):
    asked()
    asked(role_key="ao", scenario_key="pass-lead")
    assert outcome().asked == 2 and outcome(role="ao").asked == 1


def test_hours_until_the_first_answer(asked):
    """From what arrived first, by day and night alike, until the first answer: closing is none, and a second one counts no more."""
    asked(("acknowledged", 2), ("not_mine", 30))
    asked(("not_mine", 5))
    asked(("closed", 1))
    asked(("acknowledged", 1), arrived=False)
    asked()
    assert outcome().hours == 3.5


def test_an_answer_before_the_message_arrived_took_no_time(asked):
    asked(("acknowledged", -1))
    assert outcome().hours == 0


def test_each_in_its_row_and_week(asked):
    week_before = NOON - timedelta(days=7)
    asked(("acknowledged", 1))
    asked(scenario_key="training")
    asked(day=week_before.date(), submitted_at=week_before)
    found = report(first=week_before.date(), last=MONDAY, today=MONDAY)
    told = {row.scenario_key: [one.asked for one in weeks] for row, weeks in zip(found.rows, became(found), strict=True)}
    assert told == {"emergency": [1, 1], "training": [0, 1]}


LATER = st.integers(0, 80)
STORY = st.fixed_dictionaries({
    "said": st.sampled_from([(), ("acknowledged",), ("not_mine",), ("closed",), ("acknowledged", "not_mine"), ("acknowledged", "closed"), ("not_mine", "closed"), ("acknowledged", "not_mine", "closed")]),
    "after": st.tuples(LATER, LATER, LATER).map(sorted), "disposition": st.sampled_from(sorted(DISPOSITIONS)), "late": st.booleans(),
    "asks": st.booleans(), "arrived": st.booleans(), "ended": st.sampled_from(["", "", "", "withdrawn", "cancelled"]),
    "scenario": st.sampled_from(["emergency", "training"]), "days": st.sampled_from([0, 6]),
})  # fmt: skip


def written(asked, story) -> None:
    """The row of a story, as the verbs could have left it."""
    at = NOON + timedelta(days=story["days"])
    more = {} if story["asks"] else {"answer_on": None, "overdue_at": None, "follow_up": "none"}
    if story["asks"] and story["late"]:
        more["follow_up"] = "overdue"
    if story["ended"] == "cancelled":
        more["state"] = "cancelled"
    asked(
        *zip(story["said"], story["after"], strict=False), arrived=story["arrived"], withdrawn=story["ended"] == "withdrawn",
        disposition=story["disposition"], scenario_key=story["scenario"], submitted_at=at, day=at.date(), **more,
    )  # fmt: skip


def stands(story) -> str:
    last = story["said"][-1] if story["said"] else "overdue" if story["late"] else "awaiting_reply"
    return "withdrawn" if story["ended"] else story["disposition"] if last == "closed" else last


@given(st.lists(STORY, max_size=8))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_parts_add_up_and_history_lists_as_many(asked, stories):
    with transaction.atomic():
        for story in stories:
            written(asked, story)
        found, listed = outcome(), {name: _listed(answer=name) for name in (*STANDS, *EVER)} | {"asked": _listed()}
        transaction.set_rollback(True)  # what was written is never deleted, not even by a test
    counting = [story for story in stories if story["asks"] and story["ended"] != "cancelled"]
    answered = [story for story in counting if {"acknowledged", "not_mine"} & set(story["said"])]
    assert found.asked == len(counting) == sum(getattr(found, name) for name in STANDS)
    assert {name: getattr(found, name) for name in STANDS} == {name: sum(stands(s) == name for s in counting) for name in STANDS}
    assert found.ever_answered == len(answered) <= found.asked - found.awaiting_reply - found.overdue
    assert found.ever_answered <= found.ever_acknowledged + found.ever_not_mine
    assert found.acknowledged <= found.ever_acknowledged and found.not_mine <= found.ever_not_mine
    assert found.overdue <= found.ever_overdue <= found.asked
    waits = [next(n for what, n in zip(s["said"], s["after"], strict=False) if what != "closed") for s in answered if s["arrived"]]
    assert found.hours == (median(waits) if waits else None)
    assert listed == {name: getattr(found, name) for name in listed}


def _listed(**filters) -> int:
    rows, problems = history.all_of({"state": history.NOT_CANCELLED, "asks": "1", "from": "2026-03-02", "to": "2026-03-08", **filters})
    assert not problems
    return rows.count()


def test_queries_do_not_grow_with_what_was_said(asked, django_assert_num_queries):
    for days in range(20):
        at = NOON - timedelta(days=days)
        asked(("acknowledged", 1), ("closed", 2), day=at.date(), submitted_at=at, scenario_key=f"s{days % 4}")
    found = report(first=date(2025, 1, 1), last=MONDAY, today=MONDAY)
    with django_assert_num_queries(2):
        became(found)


def test_samples_of_before_that_are_closed_without_a_word_on_how_add_up(mapping, people):
    row = make_escalation(
        people["engineer"], state="completed", sample=True, follow_up="closed", answer_on=NOON.date(), overdue_at=NOON + timedelta(hours=36)
    )
    make_delivery(people["engineer"], escalation=row, state="delivered", remote_id="x", settled_at=NOON)
    found = outcome(with_samples=True)
    assert sum(getattr(found, name) for name in STANDS) == found.asked == found.done == 1

"""Paused notifications in Slack: what is an absence, what is only said, and what a service may send instead of a time."""

from datetime import UTC, datetime, timedelta

import pytest

from escalations.rules.calendar import Calendar
from escalations.rules.facts import Facts, Seen
from escalations.rules.mapping import Mapping
from escalations.rules.pauses import Pause, not_told, pause_of
from escalations.rules.working_hours import hours

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # a Wednesday
H = timedelta(hours=1)
MAPPING = Mapping(calendars=(Calendar("everywhere", "Everybody", act_now="The manager on call."),))

# begins and ends in hours from noon, absence or not, the words
ABSENT = [
    (-1, 71, False, "notifications are paused until Sat 28 Nov"),
    (-1, 72, False, "notifications are paused until Sat 28 Nov"),
    (-1, 73, True, "notifications are paused until Sat 28 Nov"),
    (1, 240, False, "notifications are paused until Sat 5 Dec"),
    (-240, 0, False, "notifications are paused until Wed 25 Nov"),
    (-1, 24 * 179, True, "notifications are paused until Sun 23 May"),
    (-1, 24 * 400, True, "notifications are paused"),
]


@pytest.mark.parametrize(("begins", "ends", "absent", "words"), ABSENT)
def test_longer_than_a_weekend_is_an_absence(begins, ends, absent, words):
    pause = Pause(NOON + begins * H, NOON + ends * H, NOON)
    assert (pause.is_absence, pause.words) == (absent, words)


@pytest.mark.parametrize(
    "value",
    [None, [], "", "soon", {"U1": None}, {"U1": []}, {"U1": ["2026-11-25T12:00:00+00:00"]}, {"U1": [1, 2]}, {"U1": 7}, {"U1": [None, None]},
     {"U1": ["2026-11-25", "2026-11-26"]}, {"U2": ["2026-11-25T12:00:00+00:00", "2026-12-25T12:00:00+00:00"]}],
    ids=str,
)  # fmt: skip
def test_what_is_no_pause_is_none(value):
    facts = Facts.of([Seen("slack", "pauses", value, NOON)])
    assert pause_of(facts, "U1") is None and not_told(facts) is None


def test_an_answer_that_did_not_come_is_told_apart_from_no_pause():
    assert not_told(Facts()) is None
    facts = Facts.of([Seen("slack", "pauses", None, NOON, "late")])
    assert pause_of(facts, "U1") is None and not_told(facts).trouble == "took too long to answer"


# now and the end of the pause in UTC (begun at midnight), their words in London, who can act
DAY = [
    ("2026-11-25 12:00", "2026-11-25 14:30", "12:00 in London, at work, notifications in Slack paused until 14:30", True),
    ("2026-11-25 12:00", "2026-11-25 12:00", "12:00 in London, at work", False),
    ("2026-11-25 20:00", "2026-11-26 08:00", "20:00 in London, off work until Thu 09:00", True),
    ("2026-11-25 20:00", "2026-11-26 09:00", "20:00 in London, off work until Thu 09:00", True),
    ("2026-11-25 20:00", "2026-11-26 11:00", "20:00 in London, off work until Thu 09:00, notifications in Slack paused until Thu 11:00", True),
]


@pytest.mark.parametrize(("now", "ends", "words", "act"), DAY)
def test_it_is_said_while_they_work_and_beyond_the_time_they_are_back(now, ends, words, act):
    now, ends = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, ends))
    found = hours(MAPPING, "Europe/London", now, Pause(NOON - 12 * H, ends, NOON))
    assert (found.words, found.act_now) == (words, "The manager on call." if act else "")

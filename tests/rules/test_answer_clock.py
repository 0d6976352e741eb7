"""Until when an answer is waited for: to the end of the day that the ask names, where the person is."""

from datetime import UTC, date, datetime

import pytest

from escalations.rules.follow_up import answer_clock

TUESDAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("zone", "ends"),
    [
        ("UTC", datetime(2026, 3, 4, 0, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 3, 4, 8, tzinfo=UTC)),
        ("Australia/Sydney", datetime(2026, 3, 3, 13, tzinfo=UTC)),
        ("", datetime(2026, 3, 4, 0, tzinfo=UTC)),
        ("Nowhere/At_All", datetime(2026, 3, 4, 0, tzinfo=UTC)),
    ],
)
def test_the_day_ends_where_the_person_is(zone, ends):
    clock = answer_clock(TUESDAY, zone)
    assert (clock.day, clock.overdue_at) == (TUESDAY, ends)


def test_the_night_on_which_the_clocks_change():
    """8 March 2026 in Los Angeles has 23 hours."""
    assert answer_clock(date(2026, 3, 8), "America/Los_Angeles").overdue_at == datetime(2026, 3, 9, 7, tzinfo=UTC)


def test_where_nothing_is_asked_there_is_no_clock():
    assert answer_clock(None, "UTC") is None

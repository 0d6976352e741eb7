"""Where somebody is in their day: truth tables by hand, on the days that clocks change, on holidays and in zones that are none."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalations.rules.calendar import Calendar, add_business_days, is_holiday
from escalations.rules.default_mapping import DEFAULT_MAPPING
from escalations.rules.mapping import Mapping
from escalations.rules.plan import plan
from escalations.rules.working_hours import ask_by, calendar_of, hours, is_zone

from .factories import DANA, NOON, account, around, facts, slack_person, ticket

EVERYBODY = Calendar("everywhere", "Everybody", act_now="The manager on call.")
GULF = Calendar("gulf", "Gulf", ("Asia/Dubai", "Asia/Riyadh"), ("Sun", "Mon", "Tue", "Wed", "Thu"))
XMAS = replace(EVERYBODY, holidays=("2026-12-25 Christmas Day", "2026-12-28 Boxing Day, observed"))
NIGHT = replace(EVERYBODY, from_hour=2, until_hour=24, send_hour=2)
LA, LONDON, SYDNEY, LORD_HOWE = "America/Los_Angeles", "Europe/London", "Australia/Sydney", "Australia/Lord_Howe"


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def of(zone, at, *calendars):
    return hours(Mapping(calendars=calendars or (EVERYBODY,)), zone, utc(at))


# zone, instant in UTC, words, when they next work and when a message for the morning is sent, in UTC
TABLE = [
    (LA, "2026-11-28 03:04", "19:04 in Los Angeles, off work until Mon 09:00", "2026-11-30 17:00", "2026-11-30 16:00"),
    (LA, "2026-11-25 16:59", "08:59 in Los Angeles, off work until 09:00", "2026-11-25 17:00", None),
    (LA, "2026-11-25 14:30", "06:30 in Los Angeles, off work until 09:00", "2026-11-25 17:00", "2026-11-25 16:00"),
    (LA, "2026-11-25 17:00", "09:00 in Los Angeles, at work", None, None),
    (LA, "2026-11-26 01:59", "17:59 in Los Angeles, at work", None, None),
    (LA, "2026-11-26 02:00", "18:00 in Los Angeles, off work until Thu 09:00", "2026-11-26 17:00", "2026-11-26 16:00"),
    (LONDON, "2026-11-25 12:00", "12:00 in London, at work", None, None),
    (SYDNEY, "2026-11-29 22:00", "09:00 in Sydney, at work", None, None),
    (SYDNEY, "2026-11-29 12:00", "23:00 in Sydney, off work until Mon 09:00", "2026-11-29 22:00", "2026-11-29 21:00"),
    ("Asia/Kolkata", "2026-11-25 13:29", "18:59 in Kolkata, off work until Thu 09:00", "2026-11-26 03:30", "2026-11-26 02:30"),
    # The weekend on which the clock changes: Los Angeles back on 1 November, London on from 29 March, Lord Howe by half an hour.
    (LA, "2026-10-31 06:00", "23:00 in Los Angeles, off work until Mon 09:00", "2026-11-02 17:00", "2026-11-02 16:00"),
    (LONDON, "2026-03-27 19:00", "19:00 in London, off work until Mon 09:00", "2026-03-30 08:00", "2026-03-30 07:00"),
    (LORD_HOWE, "2026-10-02 12:00", "22:30 in Lord Howe, off work until Mon 09:00", "2026-10-04 22:00", "2026-10-04 21:00"),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "at", "words", "next_at", "send_at"), TABLE)
def test_their_day(zone, at, words, next_at, send_at):
    found = of(zone, at)
    assert found.words == words
    assert (found.next_at, found.send_at) == (next_at and utc(next_at), send_at and utc(send_at))
    assert found.act_now == ("" if found.working else "The manager on call.")


def test_no_morning_is_offered_that_comes_after_they_are_back():
    """Where work begins at 11 and messages for the morning leave at 8, the next 8 may be tomorrow's."""
    late = replace(EVERYBODY, from_hour=11)
    found = of(LONDON, "2026-03-09 08:30", late)
    assert (found.words, found.send_at) == ("08:30 in London, off work until 11:00", None)
    assert of(LONDON, "2026-03-09 07:30", late).send_at == utc("2026-03-09 08:00")
    assert of(LONDON, "2026-03-09 08:30", replace(late, send_hour=12)).send_at == utc("2026-03-09 12:00"), "an hour that was meant so"


def test_a_holiday_is_named_and_passed_over():
    found = of(LONDON, "2026-12-25 10:00", XMAS)
    assert found.words == "10:00 in London, off work (Christmas Day) until Tue 09:00"
    assert found.send_at == utc("2026-12-29 08:00")


def test_an_hour_that_the_clock_leaps_over_is_the_one_after_it():
    found = of("Europe/Berlin", "2026-03-29 00:30", replace(NIGHT, days=("Sat", "Sun")))
    assert (found.next_at, found.words) == (utc("2026-03-29 01:00"), "01:30 in Berlin, off work until 03:00")


def test_more_than_a_week_ahead_names_the_day():
    away = replace(EVERYBODY, holidays=tuple(f"2026-12-{day} Shut" for day in range(21, 32)) + ("2027-01-01 New Year",))
    assert of(LONDON, "2026-12-19 10:00", away).words == "10:00 in London, off work until Mon 4 Jan, 09:00"


def test_the_calendar_that_names_the_zone_counts_before_that_of_everybody():
    mapping = Mapping(calendars=(EVERYBODY, GULF))
    assert [calendar_of(mapping, zone).key for zone in ("Asia/Dubai", "asia/riyadh", LA, "", "nowhere")] == ["gulf", "gulf", *["everywhere"] * 3]
    assert of("Asia/Dubai", "2026-11-29 08:00", EVERYBODY, GULF).working  # a Sunday
    assert of("Asia/Dubai", "2026-11-27 08:00", EVERYBODY, GULF).words == "12:00 in Dubai, off work until Sun 09:00"


NONE = ["", "nowhere", "America", "../../etc/passwd", "/etc/localtime", "Europe/Berlin\0", "x" * 5000, "\ud800", "{}", "America/*"]


@pytest.mark.parametrize("zone", NONE)
def test_what_is_no_time_zone_tells_nothing(zone):
    assert of(zone, "2026-11-25 12:00") is None
    assert ask_by(Mapping(calendars=(EVERYBODY,)), zone, utc("2026-11-27 12:00"), date(2026, 11, 27), 1) == date(2026, 11, 30)


@settings(deadline=None)  # the first look at a zone reads a file
@given(zone=st.text(max_size=40), at=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2090, 1, 1)))
def test_no_zone_and_no_instant_raises(zone, at):
    assert of(zone, at.isoformat()) is None or is_zone(zone)


@settings(deadline=None)
@given(zone=st.sampled_from([LA, LONDON, SYDNEY, LORD_HOWE, "America/St_Johns", "Pacific/Chatham"]), at=st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2035, 1, 1)))
def test_when_they_next_work_is_later_and_they_work_then(zone, at):
    found = of(zone, at.isoformat(), XMAS)
    if not found.working:
        assert found.next_at > found.now and of(zone, found.next_at.astimezone(UTC).replace(tzinfo=None).isoformat(), XMAS).working
        assert found.send_at is None or found.now < found.send_at < found.next_at


def test_a_mapping_without_calendars_counts_weekdays_and_tells_no_time():
    assert hours(Mapping(), LA, utc("2026-11-25 12:00")) is None
    assert ask_by(Mapping(), LA, utc("2026-11-28 03:00"), date(2026, 11, 28), 1) == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("zone", "at", "days", "by"),
    [
        (LA, "2026-11-25 03:00", 1, "2026-11-25"),  # Tuesday evening there
        (LONDON, "2026-11-25 03:00", 1, "2026-11-26"),
        (SYDNEY, "2026-11-27 14:00", 1, "2026-11-30"),  # Saturday there
        (LONDON, "2026-12-24 12:00", 1, "2026-12-29"),  # two holidays and a weekend
        (LONDON, "2026-12-24 12:00", 0, "2026-12-24"),
        (LONDON, "2026-12-23 12:00", 3, "2026-12-30"),
    ],
)
def test_the_days_that_somebody_has_for_an_answer(zone, at, days, by):
    mapping = Mapping(calendars=(XMAS,))
    assert ask_by(mapping, zone, utc(at), date(2026, 1, 1), days) == date.fromisoformat(by)


def test_a_calendar_in_which_nobody_ever_works_ends_all_the_same():
    never = replace(EVERYBODY, days=())
    assert of(LONDON, "2026-11-25 12:00", never).words == "12:00 in London, off work"
    assert add_business_days(date(2026, 11, 25), 2, never.is_working_day) == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("line", "good"),
    [("2026-12-25 Christmas Day", True), ("2026-02-30 No day", False), ("2026-12-25", False), ("25.12.2026 Christmas", False), ("2026-12-25  ", False)],
)
def test_a_holiday_is_a_day_and_a_name(line, good):
    assert is_holiday(line) is good


@pytest.mark.parametrize(
    ("text", "good"), [("Europe/Berlin", True), ("America/*", True), ("*", True), ("Mars/*", False), ("Berlin", False), ("", False)]
)
def test_a_zone_that_a_calendar_may_name(text, good):
    assert is_zone(text) is good


@pytest.mark.parametrize("zone", [None, 7, ["Europe/Berlin"], {"tz": LA}, "", "nowhere", "Europe/Berlin\0"])
def test_whatever_slack_calls_a_zone_the_message_is_planned(zone):
    seen = facts(ticket=ticket(), account=account(), slack=[(DANA, slack_person(DANA, timezone=zone))])
    made = plan(DEFAULT_MAPPING, DEFAULT_MAPPING.scenario("customer-asked"), {}, seen, around(now=NOON))
    assert "by Tuesday 3 March" in dict(made.texts)["ask"]
    assert hours(DEFAULT_MAPPING, made.contact.timezone, NOON) is None


@pytest.mark.parametrize(("zone", "by"), [("Asia/Tokyo", "Tuesday 3 March"), ("Pacific/Auckland", "Wednesday 4 March"), (LA, "Tuesday 3 March")])
def test_the_ask_counts_from_the_day_it_is_there(zone, by):
    """Noon of Monday in UTC is one in the morning of Tuesday in Auckland."""
    seen = facts(ticket=ticket(), account=account(), slack=[(DANA, slack_person(DANA, timezone=zone))])
    made = plan(DEFAULT_MAPPING, DEFAULT_MAPPING.scenario("customer-asked"), {}, seen, around(now=NOON))
    assert f"by {by}" in dict(made.texts)["ask"] and f"by {by}." in made.legs[0].content["text"]

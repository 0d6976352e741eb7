"""Working days, the day by which an answer is asked for, and how days, instants and durations are said."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOLIDAY = re.compile(r"(\d{4}-\d{2}-\d{2})\s+(\S.*)", re.ASCII)


@dataclass(frozen=True)
class Calendar:
    """When the people of some time zones work, in their own time.

    `zones` are names such as Europe/Berlin, or America/*; none of them = everybody whom no other calendar names. `holidays` are
    "2026-12-25 Christmas Day". Work begins at `from_hour` and ends at `until_hour`; a message that waits for the morning is sent at
    `send_hour`. `act_now` says who can act while these people are off work.
    """

    key: str
    name: str
    zones: tuple[str, ...] = ()
    days: tuple[str, ...] = WEEKDAYS[:5]
    from_hour: int = 9
    until_hour: int = 18
    send_hour: int = 8
    holidays: tuple[str, ...] = ()
    act_now: str = ""

    def is_of(self, zone: str) -> bool:
        return any(fnmatchcase(zone.casefold(), pattern.casefold()) for pattern in self.zones)

    def is_working_day(self, day: date) -> bool:
        return WEEKDAYS[day.weekday()] in self.days and not self.holiday(day)

    def holiday(self, day: date) -> str:
        """The holiday's name, or ""."""
        return next((found[2] for line in self.holidays if (found := HOLIDAY.fullmatch(line)) and found[1] == day.isoformat()), "")


def is_holiday(line: str) -> bool:
    """Whether it is a day that exists, with a name."""
    found = HOLIDAY.fullmatch(line)
    try:
        return bool(found and date.fromisoformat(found[1]))
    except ValueError:
        return False


def add_business_days(day: date, days: int, is_working_day: Callable[[date], bool] = lambda day: day.weekday() < 5) -> date:
    """The day that is so many working days later. A calendar in which nobody works for a year counts every day."""
    for _ in range(days):
        after = (day + timedelta(days=n) for n in range(1, 366))
        day = next((one for one in after if is_working_day(one)), day + timedelta(days=1))
    return day


def spoken_day(day: date, today: date | None = None) -> str:
    """Wednesday 25 November; with the year when it is not that of `today`."""
    return f"{day:%A} {day.day} {day:%B}{f' {day.year}' if today and day.year != today.year else ''}"


def short_day(day: date) -> str:
    """Wed 25 Nov."""
    return f"{day:%a} {day.day} {day:%b}"


def spoken_instant(at: datetime, now: datetime) -> str:
    """23 Nov, 14:02 UTC; with the year when it is not that of `now`."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b}{'' if at.year == now.year else f' {at.year}'}, {at:%H:%M} UTC"


def spoken_duration(start: datetime, end: datetime) -> str:
    """How long ago, in one unit: 12 min, 2 h, 3 days."""
    minutes = max(0, int((end - start).total_seconds() // 60))
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"

"""Where somebody is in their day: the time they have, whether they work, when they next do, and who can act until then."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from .calendar import Calendar, add_business_days
from .mapping import Mapping
from .pauses import Pause

LOOKED_AHEAD = 60  # days
SOON = timedelta(hours=2)  # who is back at work so soon need not be waited for


@dataclass(frozen=True)
class Hours:
    """Every instant here is in the person's own time. `send_at`: when a message that waits for the
    morning of the day on which they are back is sent, if that is offered. `paused_until`: the end of the pause of their
    notifications in Slack, where it is worth a word: while they work, or beyond the time at which they are back."""

    place: str
    now: datetime
    working: bool
    next_at: datetime | None = None
    send_at: datetime | None = None
    holiday: str = ""
    act_now: str = ""
    paused_until: datetime | None = None

    @property
    def words(self) -> str:
        """19:04 in Los Angeles, off work until Mon 09:00."""
        paused = self.paused_until and f", notifications in Slack paused until {weekday_and_time(self.paused_until, self.now)}"
        if self.working:
            return f"{self.now:%H:%M} in {self.place}, at work{paused or ''}"
        until = f" until {weekday_and_time(self.next_at, self.now)}" if self.next_at else ""
        return f"{self.now:%H:%M} in {self.place}, off work{f' ({self.holiday})' if self.holiday else ''}{until}{paused or ''}"


def hours(mapping: Mapping, zone: str, now: datetime, pause: Pause | None = None) -> Hours | None:
    """None where nobody knows their time: no zone, none that exists, or a mapping without calendars."""
    calendar, there = calendar_of(mapping, zone), zone_named(zone)
    if calendar is None or there is None:
        return None
    local = now.astimezone(there)
    ends = pause.ends.astimezone(there) if pause and pause.holds(now) else None
    if works_at(calendar, local):
        return Hours(place_of(zone), local, True, act_now=calendar.act_now if ends else "", paused_until=ends)
    next_at = next(_instants(calendar, calendar.from_hour, local), None)
    send_at = next((at for at in _instants(calendar, calendar.send_hour, local) if next_at and at.date() == next_at.date()), None)
    if next_at and next_at.astimezone(UTC) - now < SOON:
        send_at = None
    longer = ends if ends and next_at and ends > next_at else None
    return Hours(place_of(zone), local, False, next_at, send_at, calendar.holiday(local.date()), calendar.act_now, longer)


def in_time(found: Hours | None, until: date | None) -> Hours | None:
    """The same, without the offer to wait where the morning comes after the day by which an answer is asked for."""
    return replace(found, send_at=None) if found and found.send_at and until and found.send_at.date() > until else found


def ask_by(mapping: Mapping, zone: str, now: datetime | None, day: date, days: int) -> date:
    """The day by which an answer is asked for: counted from the day that it is there, in the days that they work."""
    calendar = calendar_of(mapping, zone)
    if calendar is None:
        return add_business_days(day, days)
    there = zone_named(zone)
    return add_business_days(now.astimezone(there).date() if now and there else day, days, calendar.is_working_day)


def calendar_of(mapping: Mapping, zone: str) -> Calendar | None:
    """The first that names the zone, else the first that names none."""
    named = (calendar for calendar in mapping.calendars if zone and calendar.is_of(zone))
    return next(named, None) or next((calendar for calendar in mapping.calendars if not calendar.zones), None)


def works_at(calendar: Calendar, local: datetime) -> bool:
    return calendar.is_working_day(local.date()) and calendar.from_hour <= local.hour < calendar.until_hour


@lru_cache(maxsize=1000)
def zone_named(zone: str) -> ZoneInfo | None:
    """None for what is no time zone; whatever a service calls one."""
    try:
        return ZoneInfo(zone) if zone else None
    except (ValueError, OSError, KeyError):
        return None


def is_zone(text: str) -> bool:
    """Whether a calendar may name it: a time zone, or a pattern that stands for at least one."""
    if "*" not in text:
        return zone_named(text) is not None
    return any(Calendar("", "", (text,)).is_of(zone) for zone in available_timezones())


def place_of(zone: str) -> str:
    """Los Angeles."""
    return zone.rpartition("/")[2].replace("_", " ")


def weekday_and_time(at: datetime, now: datetime) -> str:
    """09:00 of the same day, Mon 09:00 within a week, else Mon 4 Jan, 09:00; both in one zone."""
    days = (at.date() - now.date()).days
    if days == 0:
        return f"{at:%H:%M}"
    return f"{at:%a %H:%M}" if days < 7 else f"{at:%a} {at.day} {at:%b}, {at:%H:%M}"


def _instants(calendar: Calendar, hour: int, local: datetime) -> Iterator[datetime]:
    """That hour of each working day from now on. By way of UTC: an hour that a clock leaps over is the one after it."""
    for n in range(LOOKED_AHEAD):
        day = local.date() + timedelta(days=n)
        at = datetime.combine(day, time(hour), local.tzinfo).astimezone(UTC)
        if calendar.is_working_day(day) and at > local.astimezone(UTC):
            yield at.astimezone(local.tzinfo)

"""Business days: the day by which an answer is asked for. Saturday and Sunday do not count."""

from datetime import UTC, date, datetime, timedelta


def add_business_days(day: date, days: int) -> date:
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


def spoken_day(day: date) -> str:
    """Wednesday 25 November."""
    return f"{day:%A} {day.day} {day:%B}"


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

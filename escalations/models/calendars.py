"""Working hours and holidays: rows of the working copy, by time zone."""

from django.core.exceptions import ValidationError
from django.db import models

from escalations.rules.calendar import WEEKDAYS, is_holiday
from escalations.rules.working_hours import is_zone

from .mapping import KeyField, Row

ZONE = "“{}” is no time zone. Write it as Europe/Berlin, or America/*."
DAY = f"“{{}}” is no day. Use {', '.join(WEEKDAYS)}, one a line."
HOLIDAY = "“{}” is no holiday. Write the day and its name: 2026-12-25 Christmas Day."


def working_days() -> list[str]:
    return list(WEEKDAYS[:5])


class Calendar(Row):
    """When the people of some time zones work; see rules.calendar.Calendar."""

    key = KeyField(unique=True)
    name = models.CharField(max_length=80)
    zones = models.JSONField(default=list, blank=True)
    days = models.JSONField(default=working_days)
    from_hour = models.PositiveSmallIntegerField(default=9, help_text="In the person's own time, 0 to 23.")
    until_hour = models.PositiveSmallIntegerField(default=18)
    send_hour = models.PositiveSmallIntegerField(default=8)
    holidays = models.JSONField(default=list, blank=True)
    act_now = models.CharField(
        max_length=300, blank=True, help_text="Said before Send while they are off work: whom to turn to, and how."
    )

    def __str__(self):
        return self.name

    def clean(self):
        begins, ends = self.from_hour or 0, self.until_hour or 0
        wrong = {
            "zones": _first_wrong(self.zones, is_zone, ZONE),
            "days": _first_wrong(self.days or [""], WEEKDAYS.__contains__, DAY),
            "holidays": _first_wrong(self.holidays, is_holiday, HOLIDAY),
            "until_hour": "" if begins < ends <= 24 else "Work ends after it begins, and at 24 at the latest.",
            "send_hour": "" if (self.send_hour or 0) < 24 else "Use an hour from 0 to 23.",
        }
        if any(wrong.values()):
            raise ValidationError({field: said for field, said in wrong.items() if said})


def _first_wrong(lines: list[str] | None, good, words: str) -> str:
    return next((words.format(line) for line in lines or [] if not good(line)), "")

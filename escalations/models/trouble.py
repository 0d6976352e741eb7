"""Deliveries that wait for a person, grouped by their cause: the same service, the same trouble, close in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .delivery import GIVE_UP, NOTICE, Delivery

CLOSE_MINUTES = 15  # a longer silence between two troubles of a kind makes them two causes
WAITING = ("dead", "needs_a_person")


@dataclass(frozen=True)
class Cause:
    """`deliveries` oldest first; all of one system, state and code of trouble."""

    system: str
    state: str
    code: str
    deliveries: tuple[Delivery, ...]

    @property
    def since(self) -> datetime:
        return self.deliveries[0].troubled_at

    @property
    def until(self) -> datetime:
        return self.deliveries[-1].troubled_at

    @property
    def key(self) -> str:
        """Names the cause in an address: its oldest delivery is in no other."""
        return str(self.deliveries[0].pk)


def waiting():
    """Every delivery that waits for a person, without notices and samples."""
    rows = Delivery.objects.filter(state__in=WAITING, escalation__sample=False).exclude(purpose=NOTICE)
    return rows.select_related("escalation__author")


def standing_still(since: datetime):
    """Deliveries that should have been sent, or found, before `since`: their lane is paused, or their worker frozen."""
    rows = Delivery.objects.filter(state__in=("pending", "sending", "uncertain"), escalation__sample=False)
    # A hold, a Retry-After of a minute, or what was withdrawn a moment ago is no trouble: see Delivery.begun_at.
    begun = rows.filter(give_up_at__gt=since, give_up_at__lt=since + GIVE_UP, due_at__isnull=False)
    return begun.select_related("escalation__author")


def causes(rows) -> list[Cause]:
    """The groups, newest trouble first."""
    groups: list[list[Delivery]] = []
    last: dict[tuple, list[Delivery]] = {}
    for row in sorted(rows, key=lambda row: (row.troubled_at, row.pk)):
        kind = (row.system, row.state, row.trouble)
        group = last.get(kind)
        if group is None or row.troubled_at > group[-1].troubled_at + timedelta(minutes=CLOSE_MINUTES):
            group = last[kind] = []
            groups.append(group)
        group.append(row)
    found = [Cause(group[0].system, group[0].state, group[0].trouble, tuple(group)) for group in groups]
    return sorted(found, key=lambda cause: cause.until, reverse=True)

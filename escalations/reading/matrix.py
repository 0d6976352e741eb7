"""The mapping as the table people read: one row per scenario, in words, with who looks after it and how often it is used."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from escalations.models import Escalation
from escalations.rules.mapping import LegRule, Mapping, Role, Scenario

STALE_DAYS = 180
USED_DAYS = 90
PLACE_WORDS = {"thread": "thread", "account_channel": "account channel", "group_message": "group message"}
CC_WORDS = {"follower": "{} follows", "email_cc": "cc {}, the customer sees it", "none": "internal note"}


@dataclass(frozen=True)
class Row:
    """`zendesk` and `slack` are one text for each leg; `limits` say when and where the row holds; days are dates or None."""

    scenario: Scenario
    role: Role
    zendesk: tuple[str, ...]
    slack: tuple[str, ...]
    queues: tuple[str, ...]
    limits: tuple[str, ...]
    verified_on: date | None
    verified_days: int | None
    used: int

    @property
    def stale(self) -> bool:
        return self.verified_days is None or self.verified_days > STALE_DAYS


def rows(mapping: Mapping, day: date, *, role: str = "", queue: str = "", channel: str = "") -> list[Row]:
    """Every row that fits the filters (keys; "" is all), retired ones included, in the editors' order."""
    used = _used(day)
    wanted = [
        scenario
        for scenario in mapping.scenarios
        if role in ("", scenario.role)
        and (not queue or queue in scenario.queues)
        and (not channel or channel in {leg.channel for leg in scenario.legs})
    ]
    return [_row(mapping, scenario, day, used.get(scenario.key, 0)) for scenario in wanted]


def is_retired(row: Row, day: date) -> bool:
    return bool(row.scenario.retired_on) and row.scenario.retired_on <= day.isoformat()


def _row(mapping: Mapping, scenario: Scenario, day: date, used: int) -> Row:
    role = mapping.role(scenario.role)
    verified_on = date.fromisoformat(scenario.verified_on) if scenario.verified_on else None
    return Row(
        scenario,
        role,
        zendesk=tuple(_zendesk(leg, scenario, role) for leg in scenario.legs if leg.system == "zendesk"),
        slack=tuple(_slack(leg, scenario, role, mapping) for leg in scenario.legs if leg.system == "slack"),
        queues=tuple(_queue(mapping, key) for key in scenario.queues) or ("All queues",),
        limits=tuple(_limits(scenario, day)),
        verified_on=verified_on,
        verified_days=(day - verified_on).days if verified_on else None,
        used=used,
    )


def _queue(mapping: Mapping, key: str) -> str:
    queue = mapping.queue(key)
    return f"{queue.name} (retired)" if queue.retired_on else queue.name


def _zendesk(leg: LegRule, scenario: Scenario, role: Role) -> str:
    return _only_if(leg, scenario) + CC_WORDS[leg.cc_mode].format(role.short)


def _slack(leg: LegRule, scenario: Scenario, role: Role, mapping: Mapping) -> str:
    channel = mapping.channel(leg.channel)
    named = {**PLACE_WORDS, "channel": f"#{channel.name}" if channel else "no channel"}
    mention = f"; mentions {role.short}" if leg.mention == "contact" else ""
    return _only_if(leg, scenario) + " › ".join(named[place] for place in leg.places) + mention


def _only_if(leg: LegRule, scenario: Scenario) -> str:
    if leg.only_if is None:
        return ""
    question = scenario.question(leg.only_if[0])
    choice = question and question.choice(leg.only_if[1])
    return f"{choice.label}: " if choice else f"{leg.only_if[1]}: "


def _limits(scenario: Scenario, day: date):
    if scenario.valid_from > day.isoformat():
        yield f"starts {_spoken(scenario.valid_from)}"
    if scenario.valid_until:
        yield f"{'ends' if scenario.valid_until >= day.isoformat() else 'ended'} {_spoken(scenario.valid_until)}"
    if scenario.retired_on > day.isoformat():
        yield f"will be retired {_spoken(scenario.retired_on)}"
    if scenario.regions:
        yield f"only in {', '.join(scenario.regions)}"
    if scenario.only_csm == "scale":
        yield "only for accounts served by Scale"


def _spoken(day: str) -> str:
    return f"{date.fromisoformat(day):%-d %b %Y}"


def _used(day: date) -> dict[str, int]:
    """Sent in the last 90 days, by scenario; samples do not count."""
    recent = Escalation.objects.real().filter(day__gt=day - timedelta(days=USED_DAYS)).order_by()
    return dict(recent.values_list("scenario_key").annotate(Count("pk")))

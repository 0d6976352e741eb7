"""The mapping as the table people read: one row per scenario, in words, with who looks after it and how often it is used."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from escalations.models import Escalation
from escalations.rules.mapping import LegRule, Mapping, Role, Scenario

from .reports import SENT, samples_by_default

STALE_DAYS = 180
USED_DAYS = 90
PLACE_WORDS = {"thread": "thread", "account_channel": "account channel", "group_message": "group message"}
CC_WORDS = {"follower": "{} follows", "email_cc": "cc {}, the customer sees it", "none": "internal note"}
# Whom a fallback step can give, in the words of the message; the other steps give a name only, which is never told.
PERSON_WORDS = {
    "salesforce_csm": "CSM",
    "salesforce_owner": "Account Owner",
    "latest_opportunity": "owner of the latest opportunity",
    "open_renewal": "owner of the open renewal",
}


@dataclass(frozen=True)
class Row:
    """`zendesk` and `slack` are one text for each leg; `whom`: who is told, in the order in which they are looked for;
    `limits` say when and where the row holds; days are dates or None; `samples` are counted in `used`.
    """

    scenario: Scenario
    role: Role
    zendesk: tuple[str, ...]
    slack: tuple[str, ...]
    whom: tuple[str, ...]
    queues: tuple[str, ...]
    limits: tuple[str, ...]
    verified_on: date | None
    verified_days: int | None
    used: int
    samples: int

    @property
    def stale(self) -> bool:
        return self.verified_days is None or self.verified_days > STALE_DAYS

    def state(self, day: date) -> str:
        """in force, not yet in force, retired or ended: on that day."""
        if self.scenario.in_force(day):
            return "in force"
        if self.scenario.retired_on and self.scenario.retired_on <= day.isoformat():
            return "retired"
        return "not yet in force" if self.scenario.valid_from > day.isoformat() else "ended"

    @property
    def ended_on(self) -> str:
        """From which day on nobody can choose it, or its last day; ISO."""
        return self.scenario.retired_on or self.scenario.valid_until


def rows(
    mapping: Mapping, day: date, today: date, *, role: str = "", queue: str = "", channel: str = "", region: str = ""
) -> list[Row]:
    """Every row that fits the filters (keys, a region's name; "" is all), in the editors' order, in whatever state.

    Limits are said as on `day`; how old and how often used a row is, as of `today`.
    """
    used = _used(today)
    wanted = [
        scenario
        for scenario in mapping.scenarios
        if role in ("", scenario.role)
        and (not queue or queue in scenario.queues)
        and (not channel or channel in {leg.channel for leg in scenario.legs})
        and _holds_in(scenario, region)
    ]
    return [_row(mapping, scenario, day, today, *used.get(scenario.key, (0, 0))) for scenario in wanted]


def used_since(today: date) -> date:
    return today - timedelta(days=USED_DAYS - 1)


def regions(mapping: Mapping) -> list[str]:
    """The regions that rows name."""
    return sorted({region for scenario in mapping.scenarios for region in scenario.regions})


def _holds_in(scenario: Scenario, region: str) -> bool:
    """A row without regions holds everywhere."""
    return not region or not scenario.regions or region.casefold() in {name.casefold() for name in scenario.regions}


def _row(mapping: Mapping, scenario: Scenario, day: date, today: date, used: int, samples: int) -> Row:
    role = mapping.role(scenario.role)
    whom = _whom(role, mapping)
    verified_on = date.fromisoformat(scenario.verified_on) if scenario.verified_on else None
    return Row(
        scenario,
        role,
        zendesk=tuple(_zendesk(leg, scenario, whom) for leg in scenario.legs if leg.system == "zendesk"),
        slack=tuple(_slack(leg, scenario, whom, mapping) for leg in scenario.legs if leg.system == "slack"),
        whom=whom if scenario.wants_person else (),
        queues=tuple(_queue(mapping, key) for key in scenario.queues) or ("All queues",),
        limits=tuple(_limits(scenario, day)),
        verified_on=verified_on,
        verified_days=(today - verified_on).days if verified_on else None,
        used=used,
        samples=samples,
    )


def _whom(role: Role, mapping: Mapping) -> tuple[str, ...]:
    """Not the role's own name: whoever stands for Scale CSE is the Account Owner."""
    told = [PERSON_WORDS[step.source] for step in role.steps if step.source in PERSON_WORDS]
    return tuple(dict.fromkeys(_short(words, mapping) for words in told))


def _short(words: str, mapping: Mapping) -> str:
    """As the role of that name is called now."""
    called = (role.short for role in mapping.roles if words in (role.name, role.short, *role.former_names))
    return next(called, words)


def _queue(mapping: Mapping, key: str) -> str:
    queue = mapping.queue(key)
    return f"{queue.name} (retired)" if queue.retired_on else queue.name


def _zendesk(leg: LegRule, scenario: Scenario, whom: tuple[str, ...]) -> str:
    words = CC_WORDS[leg.cc_mode if whom else "none"]
    return _only_if(leg, scenario) + words.format(whom[0] if whom else "")


def _slack(leg: LegRule, scenario: Scenario, whom: tuple[str, ...], mapping: Mapping) -> str:
    channel = mapping.channel(leg.channel)
    named = {**PLACE_WORDS, "channel": f"#{channel.name}" if channel else "no channel"}
    mention = f"; mentions {whom[0]}" if leg.mention == "contact" and whom else ""
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


def _used(today: date) -> dict[str, tuple[int, int]]:
    """(escalations, samples among them) of the last 90 days by scenario, without those cancelled before they were sent: what a report counts."""
    counted = Escalation.objects.all() if samples_by_default() else Escalation.objects.real()
    recent = counted.filter(SENT, day__gte=used_since(today), day__lte=today).order_by().values_list("scenario_key")
    tallied = recent.annotate(n=Count("pk"), samples=Count("pk", filter=Q(sample=True)))
    return {key: (n, samples) for key, n, samples in tallied}

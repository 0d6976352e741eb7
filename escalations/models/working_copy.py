"""The working copy, read as one value."""

from django.db.models import Prefetch

from escalations.rules import mapping as rules

from .calendars import Calendar
from .mapping import (
    Alias,
    Channel,
    Choice,
    FallbackStep,
    LegRule,
    Link,
    Prose,
    Question,
    Queue,
    Role,
    Scenario,
    Signal,
    Template,
)


def working_copy() -> rules.Mapping:
    """All rows of the working copy as a `rules.mapping.Mapping`, in the editors' order."""
    return rules.Mapping(
        roles=tuple(_role(row) for row in Role.objects.prefetch_related("steps", "links")),
        scenarios=tuple(_scenario(row) for row in _scenarios()),
        queues=tuple(rules.Queue(q.key, q.name, tuple(q.forms), _day(q.retired_on)) for q in Queue.objects.all()),
        channels=tuple(
            rules.Channel(c.key, c.name, c.slack_id, tuple(c.former_names), c.purpose) for c in Channel.objects.all()
        ),
        aliases=tuple(rules.Alias(a.kind, a.pattern, a.meaning) for a in Alias.objects.all()),
        templates=tuple(rules.Template(t.key, t.body) for t in Template.objects.all()),
        prose=tuple(rules.Prose(p.key, p.heading, p.body) for p in Prose.objects.all()),
        links=tuple(_link(link) for link in Link.objects.filter(role=None, scenario=None)),
        calendars=tuple(_calendar(row) for row in Calendar.objects.all()),
    )


def _scenarios():
    return Scenario.objects.select_related("role", "twin_of").prefetch_related(
        "queues",
        "signals",
        "links",
        Prefetch("legs", LegRule.objects.select_related("channel", "only_if__question")),
        Prefetch("questions", Question.objects.prefetch_related(Prefetch("choices", Choice.objects.all()))),
    )


def _role(row: Role) -> rules.Role:
    steps = tuple(rules.FallbackStep(step.key, step.source) for step in row.steps.all())
    return rules.Role(
        row.key,
        row.name,
        row.short,
        row.intro,
        tuple(row.former_names),
        steps,
        tuple(_link(link) for link in row.links.all()),
    )


def _scenario(row: Scenario) -> rules.Scenario:
    plain = (
        "key", "title", "tone", "situation", "ask", "choose_when", "choose_when_not", "only_csm", "answer_days", "not_done",
        "instead", "keeper", "page_scenario", "page_channel", "page_relevancy",
    )  # fmt: skip
    days = ("valid_from", "valid_until", "retired_on", "verified_on")
    return rules.Scenario(
        role=row.role.key,
        examples=tuple(row.examples),
        regions=tuple(row.regions),
        twin_of=row.twin_of.key if row.twin_of else "",
        queues=tuple(queue.key for queue in row.queues.all()),
        questions=tuple(_question(question) for question in row.questions.all()),
        legs=tuple(_leg(leg) for leg in row.legs.all()),
        signals=tuple(rules.Signal(s.kind, s.pattern, s.decisive, s.because) for s in row.signals.all()),
        links=tuple(_link(link) for link in row.links.all()),
        **{name: getattr(row, name) for name in plain},
        **{name: _day(getattr(row, name)) for name in days},
    )


def _question(row: Question) -> rules.Question:
    choices = tuple(_choice(choice) for choice in row.choices.all())
    return rules.Question(row.key, row.text, row.why, row.fact, choices, row.unknown_says)


def _choice(row: Choice) -> rules.Choice:
    link = rules.Link(row.stop_link_label, row.stop_link_url) if row.stop_link_url else None
    return rules.Choice(row.key, row.label, row.stop, link, row.if_unknown)


def _leg(row: LegRule) -> rules.LegRule:
    only_if = (row.only_if.question.key, row.only_if.key) if row.only_if else None
    channel = row.channel.key if row.channel else ""
    return rules.LegRule(row.key, row.system, row.mention, row.cc_mode, tuple(row.places), channel, only_if)


def _calendar(row: Calendar) -> rules.Calendar:
    """The holidays in the order of their days, however they were written."""
    zones, days, holidays = tuple(row.zones), tuple(row.days), tuple(sorted(row.holidays))
    return rules.Calendar(row.key, row.name, zones, days, row.from_hour, row.until_hour, row.send_hour, holidays, row.act_now)


def _link(row: Link) -> rules.Link:
    return rules.Link(row.label, row.url)


def _day(day) -> str:
    return day.isoformat() if day else ""


# Every table of the working copy, for whoever has to walk them all.
WORKING_COPY = (
    Role,
    FallbackStep,
    Queue,
    Channel,
    Scenario,
    Question,
    Choice,
    LegRule,
    Signal,
    Link,
    Alias,
    Template,
    Prose,
    Calendar,
)

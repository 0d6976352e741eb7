"""Writing the working copy and publishing it: the only code that makes a mapping version."""

from datetime import date, datetime

from escalations.models import (
    Alias,
    Calendar,
    Channel,
    Choice,
    FallbackStep,
    LegRule,
    Link,
    MappingVersion,
    Prose,
    Question,
    Queue,
    Role,
    Scenario,
    Signal,
    Template,
)
from escalations.models.active import forget
from escalations.models.working_copy import working_copy
from escalations.rules import mapping as rules
from escalations.rules.escaping import one_line
from escalations.rules.proof import signal_problem, unknown_problems
from escalations.rules.row_words import against_part, against_row
from escalations.rules.templates import SHARED_PARTS, TemplateProblem, check_part

from .unit import Unit, unit


class CannotPublish(Exception):
    """Why the working copy cannot become a version; `reasons` are sentences for the editor."""

    def __init__(self, reasons: list[str]):
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def publish(*, by, message: str, now: datetime) -> MappingVersion:
    """Freeze the working copy into the next version, in force at once.

    `by` is the user. Raises CannotPublish when nothing changed, a message is missing, or a row could not be used.
    """
    mapping = working_copy()
    last = MappingVersion.objects.first()
    content_hash = rules.content_hash(mapping)
    reasons = _reasons_against(mapping)
    message = one_line(message)
    if not message:
        reasons.append("Say in a sentence what changes, for whoever reads the history.")
    if last and last.content_hash == content_hash:
        reasons.append("Nothing has changed since the last version.")
    if reasons:
        raise CannotPublish(reasons)
    with unit(by=by.username, now=now, durable=False) as opened:
        version = MappingVersion.objects.create(
            number=last.number + 1 if last else 1,
            content=rules.to_dict(mapping),
            content_hash=content_hash,
            message=message,
            published_by=by.username,
            published_at=now,
        )
        opened.record("mapping.published", str(version), content_hash=content_hash)
    forget()
    return version


def replace_working_copy(mapping: rules.Mapping, *, by, now: datetime) -> None:
    """Make the rows of the working copy say exactly `mapping`; rows keep their identity by key."""
    with unit(by=by.username, now=now, durable=False) as opened:
        write_rows(mapping)
        opened.record("mapping.working_copy_replaced", "working copy", content_hash=rules.content_hash(mapping))


def record_edit(opened: Unit, action: str, row: str) -> None:
    """Note an editor's change of one working-copy row."""
    opened.record(f"mapping.{action}", "working copy", row=row[:200])


def write_rows(mapping: rules.Mapping) -> None:
    """Rows by key: updated, added, and those no longer named removed. Runs inside a unit."""
    for model in (Signal, Link, LegRule, Choice, Question, FallbackStep, Alias):
        model.objects.all().delete()
    # Before the roles and the twins they hang on.
    Scenario.objects.update(twin_of=None)
    Scenario.objects.exclude(key__in=[scenario.key for scenario in mapping.scenarios]).delete()
    queues = _keyed(
        Queue, mapping.queues, lambda q: {"name": q.name, "forms": list(q.forms), "retired_on": _day(q.retired_on)}
    )
    channels = _keyed(
        Channel, mapping.channels,
        lambda c: {"name": c.name, "slack_id": c.slack_id, "former_names": list(c.former_names), "purpose": c.purpose},
    )  # fmt: skip
    roles = _keyed(
        Role,
        mapping.roles,
        lambda r: {"name": r.name, "short": r.short, "intro": r.intro, "former_names": list(r.former_names)},
    )
    scenarios = _keyed(Scenario, mapping.scenarios, lambda s: _scenario(s, roles))
    _keyed(Template, mapping.templates, lambda t: {"body": t.body})
    _keyed(Prose, mapping.prose, lambda p: {"heading": p.heading, "body": p.body})
    _keyed(Calendar, mapping.calendars, _calendar)
    for position, alias in enumerate(mapping.aliases):
        Alias.objects.create(kind=alias.kind, pattern=alias.pattern, meaning=alias.meaning, position=position)
    for role in mapping.roles:
        _links(role.links, role=roles[role.key])
        for position, step in enumerate(role.steps):
            FallbackStep.objects.create(role=roles[role.key], key=step.key, source=step.source, position=position)
    _links(mapping.links)
    for scenario in mapping.scenarios:
        row = scenarios[scenario.key]
        row.twin_of = scenarios.get(scenario.twin_of)
        row.save(update_fields=["twin_of"])
        row.queues.set([queues[key] for key in scenario.queues])
        _belongings(row, scenario, channels)


def _belongings(row: Scenario, scenario: rules.Scenario, channels: dict[str, Channel]) -> None:
    choices = {}
    for position, question in enumerate(scenario.questions):
        asked = Question.objects.create(
            scenario=row, key=question.key, text=question.text, why=question.why, fact=question.fact,
            unknown_says=question.unknown_says, position=position,
        )  # fmt: skip
        for place, choice in enumerate(question.choices):
            link = choice.stop_link or rules.Link("", "")
            choices[question.key, choice.key] = Choice.objects.create(
                question=asked, key=choice.key, label=choice.label, stop=choice.stop,
                stop_link_label=link.label, stop_link_url=link.url, if_unknown=choice.if_unknown, position=place,
            )  # fmt: skip
    for position, leg in enumerate(scenario.legs):
        LegRule.objects.create(
            scenario=row, key=leg.key, system=leg.system, mention=leg.mention, cc_mode=leg.cc_mode, places=list(leg.places),
            channel=channels.get(leg.channel), only_if=choices.get(leg.only_if), position=position,
        )  # fmt: skip
    for position, signal in enumerate(scenario.signals):
        Signal.objects.create(
            scenario=row,
            kind=signal.kind,
            pattern=signal.pattern,
            decisive=signal.decisive,
            because=signal.because,
            position=position,
        )
    _links(scenario.links, scenario=row)


def _scenario(scenario: rules.Scenario, roles: dict[str, Role]) -> dict:
    same = (
        "title", "tone", "situation", "ask", "choose_when", "choose_when_not", "only_csm", "answer_days", "not_done",
        "instead", "keeper", "page_scenario", "page_channel", "page_relevancy",
    )  # fmt: skip
    days = ("valid_from", "valid_until", "retired_on", "verified_on")
    return {
        "role": roles[scenario.role],
        "examples": list(scenario.examples),
        "regions": list(scenario.regions),
        "twin_of": None,
        **{name: getattr(scenario, name) for name in same},
        **{name: _day(getattr(scenario, name)) for name in days},
    }


def _calendar(row: rules.Calendar) -> dict:
    lists = {name: list(getattr(row, name)) for name in ("zones", "days", "holidays")}
    return {**lists, **{name: getattr(row, name) for name in ("name", "from_hour", "until_hour", "send_hour", "act_now")}}


def _keyed(model, values, fields) -> dict:
    """Update or create one row per value by key, drop the others, and give them back by key."""
    model.objects.exclude(key__in=[value.key for value in values]).delete()
    return {
        value.key: model.objects.update_or_create(key=value.key, defaults={**fields(value), "position": position})[0]
        for position, value in enumerate(values)
    }


def _links(links, **owner) -> None:
    for position, link in enumerate(links):
        Link.objects.create(label=link.label, url=link.url, position=position, **owner)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _reasons_against(mapping: rules.Mapping) -> list[str]:
    reasons = [f"The shared message part “{key}” is missing." for key in SHARED_PARTS if not mapping.template(key)]
    for scenario in mapping.scenarios:
        if scenario.retired_on:
            continue
        if not scenario.legs:
            reasons.append(f"“{scenario.title}” sends nothing: give it a leg, or retire it.")
        if not mapping.role(scenario.role).steps:
            reasons.append(f"“{scenario.title}” belongs to a role without fallback steps.")
        for question in scenario.questions:
            if len(question.choices) < 2:
                reasons.append(f"The question “{question.text}” needs at least two choices.")
        reasons += unknown_problems(scenario)
        reasons += [f"“{scenario.title}”: {problem}" for problem in map(signal_problem, scenario.signals) if problem]
        for leg in scenario.legs:
            channel = mapping.channel(leg.channel)
            if leg.places == ("channel",) and not (channel and channel.slack_id):
                reasons.append(f"“{scenario.title}” posts in a channel without a Slack id.")
    for name, key, body in _templates(mapping):
        try:
            check_part(key, body)
        except TemplateProblem as problem:
            reasons.append(f"The text of {name} cannot be used: {problem}")
    return reasons or _words_against(mapping)


def _words_against(mapping: rules.Mapping) -> list[str]:
    """Texts that can be rendered and would still leave something out. What is only long is cut where it is sent."""
    parts = [(f"The shared part “{part.key}”", against_part(part.key, part.body, rules.Mapping())) for part in mapping.templates]
    rows = [
        (f"“{row.title}”, {field}", said)
        for row in mapping.scenarios if not row.retired_on
        for field, said in against_row(row, "").items()
    ]  # fmt: skip
    return [f"{name}: {said}" for name, said in (*parts, *rows) if said]


def _templates(mapping: rules.Mapping):
    for template in mapping.templates:
        yield f"the shared part “{template.key}”", template.key, template.body
    for scenario in mapping.scenarios:
        yield f"“{scenario.title}”", "situation", scenario.situation
        yield f"“{scenario.title}”", "ask", scenario.ask

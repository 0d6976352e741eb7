"""The working copy of the mapping, row by row, and its published versions.

Editors change these rows in the admin; `reading.mapping.working_copy` reads them as one `rules.mapping.Mapping`.
Nothing is deleted once it was published: it is retired.
"""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models

from escalations.rules import mapping as rules
from escalations.rules.proof import signal_problem
from escalations.rules.row_words import against_part, against_row
from escalations.rules.templates import SHARED_PARTS, TemplateProblem, check_part, check_template

KEY = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*\Z", "Use small letters, digits and single hyphens, such as pass-lead.")
SHARED_KEY = RegexValidator(r"^[a-z_]+\Z")


def check_url(value: str) -> None:
    URLValidator(schemes=["https"], message="Links start with https:// and name a host.")(value)


def check_liquid(value: str) -> None:
    """Raise ValidationError unless the template renders with the variables that a message knows."""
    try:
        check_template(value)
    except TemplateProblem as problem:
        raise ValidationError(f"This cannot be used as a message: {problem}") from None


def _choices(names: dict[str, str]) -> list[tuple[str, str]]:
    return list(names.items())


class KeyField(models.CharField):
    """A row's permanent name: differences, imports and escalations speak of it, so it never changes."""

    def __init__(self, **options):
        super().__init__(
            **{"max_length": 80, "validators": [KEY], "help_text": "Permanent; never shown to engineers.", **options}
        )


class Row(models.Model):
    """A row with a place in its list."""

    position = models.PositiveIntegerField(default=0, db_index=True, help_text="Small numbers come first.")

    class Meta:
        abstract = True
        ordering = ["position", "pk"]


class Role(Row):
    key = KeyField(unique=True)
    name = models.CharField(max_length=80)
    short = models.CharField(max_length=20, help_text="As on a button: AO, CSM.")
    intro = models.TextField(blank=True, help_text="Who this is, for somebody who has never heard of them.")
    former_names = models.JSONField(default=list, blank=True, help_text='A list of older names, such as ["TAM"].')

    def __str__(self):
        return self.name


class FallbackStep(Row):
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="steps")
    key = KeyField(unique=True)
    source = models.CharField(max_length=30, choices=_choices(rules.STEP_SOURCES))

    def __str__(self):
        return self.get_source_display()


class Queue(Row):
    key = KeyField(unique=True)
    name = models.CharField(max_length=80)
    forms = models.JSONField(
        default=list, blank=True, help_text="The Zendesk form names it stands for; an empty list is every form."
    )
    retired_on = models.DateField(null=True, blank=True)

    def __str__(self):
        return self.name


class Channel(Row):
    key = KeyField(unique=True)
    name = models.CharField(max_length=80, help_text="Without the number sign.")
    slack_id = models.CharField(
        max_length=20, blank=True, validators=[RegexValidator(r"^[CG][A-Z0-9]{8,}\Z", "A Slack channel id starts with C or G.")],
        help_text="The id stays when a channel is renamed: in Slack, open the channel's details, at the bottom.",
    )  # fmt: skip
    former_names = models.JSONField(default=list, blank=True)
    purpose = models.CharField(max_length=200, blank=True)

    def __str__(self):
        return f"#{self.name}"


class Scenario(Row):
    key = KeyField(unique=True)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="scenarios")
    title = models.CharField(max_length=160)
    tone = models.CharField(max_length=10, choices=_choices(rules.TONES))
    situation = models.TextField(validators=[check_liquid], help_text="The first sentence of the message, in Liquid.")
    ask = models.TextField(
        blank=True, validators=[check_liquid], help_text="What is wanted and by when; empty on awareness rows."
    )
    choose_when = models.TextField(blank=True)
    choose_when_not = models.TextField(blank=True, verbose_name="not when")
    examples = models.JSONField(default=list, blank=True)
    queues = models.ManyToManyField(Queue, blank=True, related_name="scenarios")
    twin_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="twins",
        help_text="The scenario whose card this one shares, when the same situation stands under two roles.",
    )  # fmt: skip
    only_csm = models.CharField(max_length=10, blank=True, choices=[("scale", "accounts served by Scale")])
    answer_days = models.PositiveSmallIntegerField(default=0, help_text="Business days until an answer is asked for.")
    not_done = models.CharField(max_length=200, blank=True, help_text="One line on what sending does not do.")
    regions = models.JSONField(default=list, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    retired_on = models.DateField(null=True, blank=True, help_text="From this day on nobody can choose it.")
    instead = models.TextField(blank=True, help_text="What to do instead, once retired.")
    keeper = models.CharField(max_length=80, blank=True, help_text="The row keeper: who answers for it.")
    verified_on = models.DateField(
        null=True, blank=True, help_text="The day somebody last checked that the row is still right."
    )
    page_scenario = models.TextField(blank=True, help_text="The cell as it stands on the handbook page.")
    page_channel = models.TextField(blank=True)
    page_relevancy = models.TextField(blank=True)

    def __str__(self):
        return f"{self.role.short}: {self.title}"

    def clean(self):
        self._check_words()
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": "It ends before it starts."})
        if self.twin_of_id and self.twin_of_id == self.pk:
            raise ValidationError({"twin_of": "A scenario cannot share its own card."})
        if self.twin_of_id and self.twin_of.twin_of_id:
            raise ValidationError({"twin_of": f"{self.twin_of} shares a card itself; name the first one."})

    def _check_words(self):
        """A text that cannot be rendered at all has its own sentence already."""
        opening = Template.objects.filter(key=f"opening_{self.tone}").values_list("body", flat=True).first() or ""
        row = rules.Scenario(self.key, "", self.title, self.tone, self.situation or "", self.ask or "")
        try:
            wrong = against_row(row, opening)
        except TemplateProblem:
            return
        if wrong:
            raise ValidationError(wrong)


class Question(Row):
    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="questions")
    key = KeyField()
    text = models.CharField(max_length=200)
    why = models.CharField(max_length=300, blank=True, help_text="Why it is asked.")
    fact = models.CharField(
        max_length=20, blank=True, choices=_choices({k: v for k, v in rules.QUESTION_FACTS.items() if k})
    )

    unknown_says = models.CharField(
        max_length=200, blank=True, help_text="What the message tells its readers when the engineer answers “I do not know”."
    )

    class Meta(Row.Meta):
        constraints = [models.UniqueConstraint(fields=["scenario", "key"], name="question_key_once_a_scenario")]

    def __str__(self):
        return self.text


class Choice(Row):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    key = models.CharField(max_length=40, validators=[RegexValidator(r"^[a-z0-9_-]+\Z")])
    label = models.CharField(max_length=120)
    stop = models.TextField(blank=True, help_text="If this answer means “do not escalate”: what to do instead.")
    stop_link_label = models.CharField(max_length=120, blank=True)
    stop_link_url = models.CharField(max_length=500, blank=True, validators=[check_url])

    if_unknown = models.BooleanField(default=False, help_text="“I do not know” counts as this answer.")

    class Meta(Row.Meta):
        constraints = [models.UniqueConstraint(fields=["question", "key"], name="choice_key_once_a_question")]

    def __str__(self):
        return f"{self.question.key}: {self.label}"


class LegRule(Row):
    """One thing that a scenario sends."""

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="legs")
    key = KeyField(unique=True)
    system = models.CharField(max_length=10, choices=_choices(rules.SYSTEMS))
    mention = models.CharField(max_length=10, choices=_choices(rules.MENTIONS), default="none")
    cc_mode = models.CharField(max_length=10, choices=_choices(rules.CC_MODES), default="none")
    places = models.JSONField(
        default=list, blank=True, help_text=f"In the order they are tried, of {', '.join(rules.PLACE_KINDS)}."
    )
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.PROTECT, related_name="legs")
    only_if = models.ForeignKey(
        Choice, null=True, blank=True, on_delete=models.PROTECT, related_name="legs", help_text="Only with this answer."
    )

    def __str__(self):
        return f"{self.get_system_display()} ({self.key})"

    def clean(self):
        unknown = [place for place in self.places or [] if place not in rules.PLACE_KINDS]
        if unknown:
            raise ValidationError({"places": f"{unknown[0]} is no place. Use {', '.join(rules.PLACE_KINDS)}."})
        if self.system == "slack" and not self.places:
            raise ValidationError({"places": "A Slack leg needs at least one place."})
        if "channel" in (self.places or []) and not self.channel_id:
            raise ValidationError({"channel": "The places name the row's channel: choose it."})
        if self.system == "slack" and self.cc_mode != "none":
            raise ValidationError({"cc_mode": "Slack has no cc: leave it at “internal note only”."})


class Signal(Row):
    """A reason for a scenario, read off the facts. It ranks and may select; it never hides a row."""

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="signals")
    kind = models.CharField(max_length=20, choices=_choices(rules.SIGNAL_KINDS))
    pattern = models.CharField(max_length=120)
    decisive = models.BooleanField(default=False, help_text="Selects the row when no other row has a decisive signal.")
    because = models.CharField(
        max_length=200, blank=True, help_text="As it is said on the page: the priority is Urgent."
    )

    def __str__(self):
        return f"{self.get_kind_display()} {self.pattern}"

    def clean(self):
        problem = signal_problem(rules.Signal(self.kind, self.pattern))
        if problem:
            raise ValidationError({"pattern": problem})


class Link(Row):
    """A link of a role, of a scenario, or of the page itself."""

    role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.CASCADE, related_name="links")
    scenario = models.ForeignKey(Scenario, null=True, blank=True, on_delete=models.CASCADE, related_name="links")
    label = models.CharField(max_length=160)
    url = models.CharField(max_length=500, validators=[check_url])

    class Meta(Row.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__isnull=True) | models.Q(scenario__isnull=True), name="link_has_one_owner"
            )
        ]

    def __str__(self):
        return self.label


class Alias(Row):
    kind = models.CharField(max_length=20, choices=_choices(rules.ALIAS_KINDS))
    pattern = models.CharField(
        max_length=120,
        help_text="As met in Salesforce, Zendesk or a Slack status; * stands for anything. Of a status it is part: a word, or :palm_tree:.",
    )
    meaning = models.CharField(max_length=200, blank=True)

    class Meta(Row.Meta):
        verbose_name_plural = "aliases"
        constraints = [models.UniqueConstraint(fields=["kind", "pattern"], name="alias_once")]

    def __str__(self):
        return self.pattern

    def clean(self):
        if not any(letter.isalnum() for letter in self.pattern):
            raise ValidationError({"pattern": "This would stand for everybody: write at least one letter."})


class Template(Row):
    key = models.CharField(max_length=40, unique=True, validators=[SHARED_KEY], choices=_choices(SHARED_PARTS))
    body = models.TextField()

    def __str__(self):
        return self.key

    def clean(self):
        try:
            check_part(self.key, self.body)
        except TemplateProblem as problem:
            raise ValidationError({"body": f"This cannot be used as a message: {problem}"}) from None
        rows = Scenario.objects.filter(retired_on=None).values_list("key", "title", "tone", "situation", "ask")
        mapping = rules.Mapping(scenarios=tuple(rules.Scenario(key, "", *words) for key, *words in rows))
        wrong = against_part(self.key, self.body, mapping)
        if wrong:
            raise ValidationError({"body": wrong})


class Prose(Row):
    key = KeyField(unique=True)
    heading = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)

    class Meta(Row.Meta):
        verbose_name_plural = "prose"

    def __str__(self):
        return self.heading or self.key


class MappingVersion(models.Model):
    """One published mapping, whole and unchangeable. The one with the highest number is in force."""

    number = models.PositiveIntegerField(unique=True)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    message = models.CharField(max_length=300)
    published_by = models.CharField(max_length=150)
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]

    def __str__(self):
        return f"v{self.number}"

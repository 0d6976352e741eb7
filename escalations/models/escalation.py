"""Drafts (unsent) and escalations (sent)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.functional import cached_property

from escalations.rules import states
from escalations.rules.endings import ENDINGS
from escalations.rules.follow_up import WAITING, NotPossible, check_possible


def state_choices(moves: dict) -> list[tuple[str, str]]:
    return [(state, state.replace("_", " ")) for state in moves]


class Draft(models.Model):
    """An unsent escalation. Answers and edits are stored as they are made; `revision` counts the look-ups."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="drafts")
    instance = models.CharField(max_length=20)
    ticket_id = models.PositiveBigIntegerField()
    state = models.CharField(max_length=20, default="open", choices=state_choices(states.DRAFT))
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=0)
    looked_up_at = models.DateTimeField(null=True, blank=True)
    scenario_key = models.CharField(max_length=80, blank=True)
    scenario_by = models.CharField(max_length=10, blank=True, help_text="facts or engineer")
    cards = models.JSONField(
        default=list, blank=True, help_text="The order of the situations as first shown; later answers keep it."
    )
    answers = models.JSONField(default=dict, blank=True)
    edits = models.JSONField(default=dict, blank=True)
    reviewed_digest = models.CharField(max_length=64, blank=True)
    shown = models.JSONField(
        default=list, blank=True, help_text="What the last review showed, to say what changed since."
    )
    ended_kind = models.CharField(
        max_length=20, blank=True, choices=[(key, ending.what) for key, ending in ENDINGS.items()],
        help_text="How it ended without escalating: what is counted.",
    )  # fmt: skip
    ended_because = models.CharField(max_length=300, blank=True)
    batch = models.UUIDField(null=True, blank=True, help_text="The same for tickets that were pasted together, in a row.")
    place = models.PositiveSmallIntegerField(default=0, help_text="Its place in that row.")

    class Meta:
        indexes = [
            models.Index(fields=["author", "state", "-updated_at"]),
            models.Index(fields=["batch", "place"], condition=models.Q(batch__isnull=False), name="drafts_in_a_row"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=list(states.DRAFT)), name="draft_state_is_known"),
            models.UniqueConstraint(
                fields=["author", "instance", "ticket_id"],
                condition=models.Q(state__in=["open", "reviewed"]),
                name="one_live_draft_a_ticket",
            ),
        ]

    def __str__(self):
        return f"draft on {self.instance}:{self.ticket_id}"

    def get_absolute_url(self):
        return reverse("draft", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.state in states.LIVE


HEAVY = ("facts", "explanation", "texts", "copy_text", "answers")  # what a list of them does not show


class EscalationQuerySet(models.QuerySet):
    def by(self, user):
        return self.filter(author=user)

    def real(self):
        return self.filter(sample=False)

    def with_arrived(self):
        from .delivery import something_arrived

        return self.annotate(arrived=models.ExpressionWrapper(something_arrived(), models.BooleanField()))

    def light(self):
        return self.defer(*HEAVY)

    def newest_first(self):
        return self.order_by("-submitted_at", "-pk")


class Escalation(models.Model):
    """What was sent, why, to whom, by which version of the mapping: complete in itself, for ever."""

    draft = models.OneToOneField(Draft, null=True, blank=True, on_delete=models.PROTECT, related_name="escalation")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="escalations")
    instance = models.CharField(max_length=20)
    ticket_id = models.PositiveBigIntegerField()
    ticket_url = models.CharField(max_length=300, blank=True)
    customer_name = models.CharField(max_length=255, blank=True)
    account_id = models.CharField(max_length=18, blank=True)
    role_key = models.CharField(max_length=80)
    role_name = models.CharField(max_length=80)
    scenario_key = models.CharField(max_length=80)
    scenario_title = models.CharField(max_length=160)
    contact_name = models.CharField(max_length=255, blank=True)
    contact_email = models.CharField(max_length=254, blank=True)
    contact_as = models.CharField(max_length=80, blank=True)
    mapping_version = models.ForeignKey("MappingVersion", on_delete=models.PROTECT, related_name="escalations")
    state = models.CharField(max_length=30, default="submitted", choices=state_choices(states.ESCALATION))
    follow_up = models.CharField(max_length=20, default="none", choices=state_choices(states.FOLLOW_UP))
    answer_on = models.DateField(null=True, blank=True, help_text="The day by which the message asks for an answer.")
    overdue_at = models.DateTimeField(null=True, blank=True, help_text="From then on it is late; fixed when it was sent.")
    submitted_at = models.DateTimeField()
    day = models.DateField()
    facts = models.JSONField()
    answers = models.JSONField(default=dict)
    explanation = models.JSONField(default=list)
    texts = models.JSONField(default=dict)
    copy_text = models.TextField(blank=True)
    cc_because = models.CharField(
        max_length=200, blank=True, help_text="Why a follower was made an e-mail cc by hand; empty where nobody did."
    )
    hold_until = models.DateTimeField(
        null=True, blank=True, help_text="Until then Undo is offered and nothing is sent."
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="withdrawn_escalations"
    )
    withdrawn_because = models.CharField(max_length=300, blank=True)
    sample = models.BooleanField(default=False, help_text="Made at the first start, so that no page is empty.")

    objects = EscalationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-submitted_at", "-id"]),
            models.Index(fields=["day", "role_key", "scenario_key"]),
            models.Index(fields=["instance", "ticket_id"]),
            models.Index(fields=["account_id"], name="escalation_of_account"),
            models.Index(Upper("contact_email"), name="escalation_addressed_to"),
            models.Index(
                fields=["overdue_at"], condition=models.Q(follow_up="awaiting_reply"), name="escalation_waiting"
            ),
            models.Index(fields=["author"], condition=models.Q(follow_up="overdue"), name="escalation_overdue"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer_on=None, overdue_at=None)
                | models.Q(answer_on__isnull=False, overdue_at__isnull=False),
                name="answer_clock_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=list(states.ESCALATION)), name="escalation_state_is_known"
            ),
            models.CheckConstraint(condition=models.Q(follow_up__in=list(states.FOLLOW_UP)), name="follow_up_is_known"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_because="")
                | (models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~models.Q(withdrawn_because="")),
                name="withdrawn_with_who_and_why",
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def reference(self) -> str:
        return f"ESC-{self.pk}"

    @property
    def shown_state(self) -> str:
        """The state that people are told: what was withdrawn is that, however far its deliveries have come."""
        return "withdrawn" if self.withdrawn_at else self.state

    @property
    def called_off(self) -> str:
        """Why nothing more of it is sent: withdrawn, not_mine or closed; "" while it goes on. Notices are sent all the same."""
        return "withdrawn" if self.withdrawn_at else self.follow_up if self.follow_up in states.OVER else ""

    def check_may_be_said(self, what: str) -> None:
        """Raise NotPossible unless `what` may be said of it now: a state of its follow-up."""
        check_possible(
            self.state, self.follow_up, what, named=bool(self.contact_email), withdrawn=self.withdrawn_at is not None,
            sample=self.sample,
        )  # fmt: skip

    def may_be_said(self, what: str) -> bool:
        try:
            self.check_may_be_said(what)
        except NotPossible:
            return False
        return True

    @cached_property
    def arrived(self) -> bool:
        """Whether anything of it did: see delivery.something_arrived, with which lists read it along."""
        if self.state not in states.MAY_HAVE_ARRIVED:
            return self.state in states.SOMETHING_ARRIVED
        return type(self).objects.with_arrived().values_list("arrived", flat=True).get(pk=self.pk)

    @property
    def waits(self) -> bool:
        """Whether an answer is waited for: nobody answers to what did not arrive, or was taken back."""
        return self.follow_up in WAITING and self.withdrawn_at is None and self.arrived

    @property
    def shown_answer(self) -> str:
        """The follow-up that people are told; "" where nothing is waited for and nothing was said."""
        if self.withdrawn_at or self.state == "cancelled" or (self.follow_up in WAITING and not self.arrived):
            return ""
        return self.follow_up

    def get_absolute_url(self):
        return reverse("escalation", args=[self.pk])

    def get_answer_url(self):
        """Where who was told answers; it stands in every message."""
        return reverse("answer", args=[self.pk])

"""The outbox: one row per effect, with finished content; its attempts; and the workers that send."""

from django.db import models
from django.db.models import Q

from escalations.rules import states
from escalations.rules.mapping import SYSTEMS

from .escalation import Escalation, state_choices

UNCLAIMED = [state for state in states.DELIVERY if state != "sending"]


class Delivery(models.Model):
    """One thing to send. Content and target never change once written; `key` travels with the effect as its marker."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="deliveries")
    key = models.UUIDField(unique=True)
    leg_key = models.CharField(max_length=80)
    system = models.CharField(max_length=10, choices=list(SYSTEMS.items()))
    purpose = models.CharField(max_length=20)
    target = models.CharField(max_length=200)
    place = models.JSONField(default=dict)
    visibility = models.CharField(max_length=10, choices=[("internal", "internal"), ("customer", "customer")])
    content = models.JSONField()
    mentions = models.CharField(max_length=255, blank=True)
    cc = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=20, default="pending", choices=state_choices(states.DELIVERY))
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=80, blank=True)
    remote_id = models.CharField(max_length=200, null=True, blank=True)
    receipt_url = models.CharField(max_length=500, blank=True)
    receipt = models.JSONField(default=dict, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    looked_empty_at = models.DateTimeField(null=True, blank=True, help_text="When a complete look first found nothing.")
    last_words = models.CharField(max_length=300, blank=True, help_text="What the last attempt said, in plain words.")

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["escalation", "system", "target", "purpose"], name="delivery_once_a_target"
            ),
            models.UniqueConstraint(fields=["system", "remote_id"], name="receipt_once_a_system"),
            models.CheckConstraint(condition=Q(state__in=list(states.DELIVERY)), name="delivery_state_is_known"),
            models.CheckConstraint(
                condition=(Q(state="sending") & ~Q(claimed_by="")) | (Q(state__in=UNCLAIMED) & Q(claimed_by="")),
                name="claimed_while_sending",
            ),
            models.CheckConstraint(
                condition=~Q(state="delivered") | (Q(remote_id__isnull=False) & Q(settled_at__isnull=False)),
                name="delivered_has_a_receipt",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="pending"), name="delivery_due")]

    def __str__(self):
        return f"{self.escalation} {self.system}"


class Attempt(models.Model):
    """Written before the first byte leaves, ended with what the service said."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="tries")
    n = models.PositiveSmallIntegerField()
    worker = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["n"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "n"], name="attempt_number_once"),
            models.UniqueConstraint(fields=["delivery"], condition=Q(ended_at__isnull=True), name="one_open_attempt"),
        ]

    def __str__(self):
        return f"{self.delivery} attempt {self.n}"


class Worker(models.Model):
    """A worker process, by name; `seen_at` says when it last looked for work."""

    name = models.CharField(max_length=80, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self):
        return self.name

"""Corrections: what somebody said about who is told, instead of what Salesforce says. They are never deleted, they end."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from escalations.rules.corrections import INSTEAD

from .escalation import Escalation


class CorrectionQuerySet(models.QuerySet):
    def standing(self):
        """Not taken back; they may have run out by their day."""
        return self.filter(ended_at=None)

    def not_over(self, day):
        """In force on `day`, or later."""
        return self.standing().filter(Q(valid_until=None) | Q(valid_until__gte=day))


class Correction(models.Model):
    """About an account, a person, or a person on an account; an empty account, person or role stands for any.

    Who said it (in words) and who recorded it (a user) are both kept.
    """

    account_id = models.CharField(max_length=18, blank=True, help_text="18 characters; empty: every account.")
    account_name = models.CharField(max_length=255, blank=True)
    role_key = models.CharField(max_length=80, blank=True)
    email = models.CharField(max_length=254, blank=True, help_text="Of the person it is about, in small letters.")
    name = models.CharField(max_length=255, blank=True)
    instead = models.CharField(max_length=10, choices=list(INSTEAD.items()))
    use_email = models.CharField(max_length=254, blank=True)
    use_name = models.CharField(max_length=255, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200)
    said_by = models.CharField(max_length=120)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    escalation = models.ForeignKey(
        Escalation, null=True, blank=True, on_delete=models.PROTECT, related_name="corrections",
        help_text="The escalation of which it was said.",
    )  # fmt: skip
    once = models.CharField(max_length=64, blank=True, help_text="The same for what is the same; empty of what is from before that.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account_id", "ended_at"]), models.Index(fields=["email"])]
        constraints = [
            models.CheckConstraint(condition=Q(instead__in=list(INSTEAD)), name="correction_instead_is_known"),
            models.CheckConstraint(condition=~Q(account_id="", email=""), name="correction_is_about_something"),
            models.CheckConstraint(
                condition=Q(instead="person") & ~Q(use_email="") | ~Q(instead="person") & Q(use_email=""),
                name="correction_names_who_instead",
            ),
            models.CheckConstraint(condition=~Q(instead="next_step", email=""), name="correction_passes_over_somebody"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="correction_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="correction_ended_with_who",
            ),
            models.UniqueConstraint(
                fields=["once"], condition=Q(ended_at=None) & ~Q(once=""), name="correction_is_recorded_once"
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def reference(self) -> str:
        return f"COR-{self.pk}"

    def as_value(self, restricted: bool = False) -> dict:
        """As facts keep it, see rules.corrections.Correction; no free text with a restricted ticket."""
        return {
            "key": self.reference, "account_id": self.account_id, "role": self.role_key, "email": self.email,
            "name": self.name, "instead": self.instead, "use_email": self.use_email, "use_name": self.use_name,
            "valid_from": self.valid_from.isoformat(),
            "valid_until": self.valid_until.isoformat() if self.valid_until else "",
            "reason": "" if restricted else self.reason, "said_by": "" if restricted else self.said_by,
            "recorded_on": self.recorded_at.date().isoformat() if self.recorded_at else "",
        }  # fmt: skip

"""What people said of an escalation: who said it, and who recorded it. Rows are written once and stay."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from escalations.rules.follow_up import DISPOSITIONS, Said

from .correction import Correction
from .escalation import Draft, Escalation
from .people import name_of

SAYINGS = {"acknowledged": "acknowledged", "not_mine": "not mine", "closed": "closed"}


class FollowUp(models.Model):
    """One answer; `what` is the state of the follow-up that it led to. Each is said once.

    `reason`: why it is not theirs, or what they said with “I have it”. `right_*`: who is to be asked instead, as far as that was said. Of a US Government ticket no typed words are kept.
    """

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="follow_ups")
    what = models.CharField(max_length=20, choices=list(SAYINGS.items()))
    said_by = models.CharField(max_length=255)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    by_themselves = models.BooleanField(default=False, help_text="Said here by the recipient, not passed on by somebody.")
    reason = models.CharField(max_length=250, blank=True)
    disposition = models.CharField(max_length=20, blank=True, choices=list(DISPOSITIONS.items()))
    handed_to = models.CharField(max_length=120, blank=True)
    right_name = models.CharField(max_length=255, blank=True)
    right_email = models.CharField(max_length=254, blank=True)
    correction = models.ForeignKey(Correction, null=True, blank=True, on_delete=models.PROTECT, related_name="follow_ups")
    draft = models.ForeignKey(Draft, null=True, blank=True, on_delete=models.PROTECT, related_name="prepared_by", help_text="The review that was prepared for the next step.")  # fmt: skip

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "what"], name="said_once"),
            models.CheckConstraint(condition=Q(what__in=list(SAYINGS)), name="follow_up_what_is_known"),
            models.CheckConstraint(condition=~Q(said_by=""), name="follow_up_was_said_by_somebody"),
            models.CheckConstraint(
                condition=Q(what="closed", disposition__in=list(DISPOSITIONS)) | ~Q(what="closed") & Q(disposition=""),
                name="closed_with_a_disposition",
            ),
            models.CheckConstraint(condition=Q(handed_to="") | Q(disposition="handed_over"), name="handed_to_when_handed_over"),
        ]

    def __str__(self):
        return f"{self.escalation} {self.get_what_display()}"

    @property
    def said(self) -> Said:
        return Said(self.what, self.said_by, name_of(self.recorded_by), self.recorded_at, self.by_themselves, self.disposition, self.handed_to)

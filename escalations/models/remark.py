"""What engineers tell the row keepers: none of the situations fits, and what is missing."""

from django.conf import settings
from django.db import models

from .escalation import Draft


class RowRemark(models.Model):
    """One line about one draft. `nearest` is the row that came nearest; of a restricted ticket there are no words."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="remarks")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    text = models.CharField(max_length=300, blank=True)
    nearest = models.CharField(max_length=80, blank=True, help_text="The key of the row that came nearest.")

    class Meta:
        ordering = ["-said_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["draft", "said_by", "text"], name="remark_said_once")]

    def __str__(self):
        return f"on {self.draft.instance}:{self.draft.ticket_id}"

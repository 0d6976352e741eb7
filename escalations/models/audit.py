"""The audit log: one chain of events. No foreign keys: names, not rows that may be gone."""

from django.db import models


class AuditEvent(models.Model):
    seq = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=60)
    object = models.CharField(max_length=80, db_index=True)
    payload = models.JSONField(default=dict)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["seq"]

    def __str__(self):
        return f"{self.seq} {self.action} {self.object}"

    @property
    def words(self) -> str:
        """The person's own words, or ""; select_related("said") saves a query."""
        said = getattr(self, "said", None)
        return said.text if said else ""


class AuditWords(models.Model):
    """What a person wrote in their own words, beside the event: the chain holds a commitment to it, never the words."""

    event = models.OneToOneField(AuditEvent, primary_key=True, on_delete=models.PROTECT, related_name="said")
    text = models.CharField(max_length=300)
    salt = models.CharField(max_length=32)

    def __str__(self):
        return f"words of {self.event_id}"


class AuditHead(models.Model):
    """The one row that appenders lock: the last sequence number and hash."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_head_is_one_row")]


class DatabaseMark(models.Model):
    """The one row that says whose database this is: the mode and the key of the portal that prepared it first."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    mode = models.CharField(max_length=20)
    key_fingerprint = models.CharField(max_length=64, help_text="Of AUDIT_KEY; says nothing about it.")
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="database_mark_is_one_row")]

    def __str__(self):
        return f"{self.mode} since {self.marked_at:%Y-%m-%d}"

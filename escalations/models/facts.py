"""What was seen for a draft, and the look-ups that are shared by all drafts."""

from datetime import datetime

from django.db import models

from escalations.rules.facts import Facts, Seen

from .escalation import Draft


class FactSnapshot(models.Model):
    """One value as seen for one draft: also the cache, and the last known value when a service is down."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="snapshots")
    source = models.CharField(max_length=20)
    key = models.CharField(max_length=200)
    value = models.JSONField(null=True)
    seen_at = models.DateTimeField()
    error = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "source", "key"], name="fact_once_a_draft")]
        indexes = [models.Index(fields=["source", "key", "-seen_at"])]

    def __str__(self):
        return f"{self.source} {self.key}"

    @property
    def seen(self) -> Seen:
        return Seen(self.source, self.key, self.value, self.seen_at, self.error, self.detail)


def facts_of(draft: Draft) -> Facts:
    """Everything seen for this draft, as the rules read it."""
    return Facts.of(snapshot.seen for snapshot in draft.snapshots.all())


def facts_as_json(facts: Facts) -> list[dict]:
    """The stored form of facts in an escalation; `facts_from_json` is its inverse."""
    return [
        {
            "source": item.source, "key": item.key, "value": item.value, "seen_at": item.seen_at.isoformat(),
            "error": item.error, "detail": item.detail,
        }
        for item in facts.seen.values()
    ]  # fmt: skip


def facts_from_json(items: list[dict]) -> Facts:
    return Facts.of(Seen(**{**item, "seen_at": datetime.fromisoformat(item["seen_at"])}) for item in items)

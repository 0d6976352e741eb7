"""What was seen for a draft, and the look-ups that are shared by all drafts."""

from datetime import datetime

from django.db import models
from django.db.models import Min
from django.db.models.functions import Coalesce

from escalations.rules.facts import Facts, Seen

from .escalation import Draft


class SnapshotQuerySet(models.QuerySet):
    def answered(self, instance: str):
        """What services have really answered for drafts on tickets of this instance; other instances are none of theirs."""
        return self.filter(draft__instance=instance, error="")

    def first_asked_at(self) -> datetime | None:
        """When the one among them was asked for that was asked for the longest ago; a value that stands in was asked for later."""
        return self.aggregate(at=Min(Coalesce("tried_at", "seen_at")))["at"]

    def of_account(self, account_id: str):
        return self.filter(source="salesforce", key="account", value__id=account_id)


class FactSnapshot(models.Model):
    """One value as seen for one draft: also the cache, and the last known value when a service is down."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="snapshots")
    source = models.CharField(max_length=20)
    key = models.CharField(max_length=200)
    value = models.JSONField(null=True)
    seen_at = models.DateTimeField()
    error = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    stale = models.CharField(max_length=20, blank=True, help_text="Why the service did not answer the last time it was asked.")
    tried_at = models.DateTimeField(null=True, blank=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "source", "key"], name="fact_once_a_draft")]
        indexes = [models.Index(fields=["source", "key", "-seen_at"])]

    def __str__(self):
        return f"{self.source} {self.key}"

    @property
    def seen(self) -> Seen:
        return Seen(self.source, self.key, self.value, self.seen_at, self.error, self.detail, self.stale, self.tried_at)


def facts_of(draft: Draft) -> Facts:
    """Everything seen for this draft, as the rules read it."""
    return Facts.of(snapshot.seen for snapshot in draft.snapshots.all())


def facts_as_json(facts: Facts) -> list[dict]:
    """The stored form of facts in an escalation; `facts_from_json` is its inverse."""
    return [
        {
            "source": item.source, "key": item.key, "value": item.value, "seen_at": item.seen_at.isoformat(),
            "error": item.error, "detail": item.detail, **_stood_in(item),
        }
        for item in facts.seen.values()
    ]  # fmt: skip


def facts_from_json(items: list[dict]) -> Facts:
    return Facts.of(Seen(**{**item, **_instants(item)}) for item in items)


def _stood_in(item: Seen) -> dict:
    """Only of a last known value: what is fresh is stored as it always was."""
    return {"stale": item.stale, "tried_at": item.tried_at.isoformat()} if item.stale else {}


def _instants(item: dict) -> dict:
    return {name: datetime.fromisoformat(item[name]) for name in ("seen_at", "tried_at") if item.get(name)}

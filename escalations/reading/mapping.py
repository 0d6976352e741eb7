"""The mapping as people look at it: the working copy, what it would change, and the versions so far."""

from datetime import date
from functools import lru_cache

from escalations.models import AuditEvent, MappingVersion
from escalations.models.active import NothingPublished, active
from escalations.models.working_copy import WORKING_COPY, working_copy
from escalations.rules import mapping as rules
from escalations.rules.differences import ChangeSet, diff

__all__ = ["WORKING_COPY", "how_many_unpublished", "in_force_or_empty", "unpublished_changes", "version_on", "working_copy"]


def in_force_or_empty() -> rules.Mapping:
    """The mapping in force; an empty one before anything was published."""
    try:
        return active().mapping
    except NothingPublished:
        return rules.Mapping()


def unpublished_changes() -> ChangeSet:
    """What the next version would change."""
    return diff(in_force_or_empty(), working_copy())


def how_many_unpublished() -> int:
    """The number of those changes, for a page that everybody opens: counted anew after an edit or a new version only."""
    edits = AuditEvent.objects.filter(object="working copy").order_by("seq").values_list("hash", flat=True)
    last = edits.last()
    return _counted(active().number, last) if last else 0


@lru_cache(maxsize=1)
def _counted(version: int, last_edit: str) -> int:
    """No edit is stored without its audit event, so that these two say what there is to count."""
    return len(unpublished_changes())


def version_on(day: date) -> MappingVersion | None:
    """The version in force at the end of `day` (UTC), without its content; None before the first one."""
    return MappingVersion.objects.defer("content").filter(published_at__date__lte=day).first()

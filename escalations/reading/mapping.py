"""The mapping as people look at it: the working copy, what it would change, and the versions so far."""

from escalations.models import MappingVersion
from escalations.models.active import NothingPublished, active
from escalations.models.working_copy import WORKING_COPY, working_copy
from escalations.rules import mapping as rules
from escalations.rules.differences import ChangeSet, diff

__all__ = ["WORKING_COPY", "unpublished_changes", "versions", "working_copy"]


def unpublished_changes() -> ChangeSet:
    """What the next version would change."""
    try:
        published = active().mapping
    except NothingPublished:
        published = rules.Mapping()
    return diff(published, working_copy())


def versions() -> list[MappingVersion]:
    return list(MappingVersion.objects.defer("content"))

"""Who changed the working copy since the last version, from the audit log."""

from escalations.models import AuditEvent

PUBLISHED = "mapping.published"


def edits_since_last_version() -> list[AuditEvent]:
    """The editors' events after the last publishing, newest first."""
    published = AuditEvent.objects.filter(action=PUBLISHED).order_by("seq").last()
    events = AuditEvent.objects.filter(action__startswith="mapping.", seq__gt=published.seq if published else 0)
    return list(events.order_by("-seq"))


def editors_since_last_version() -> set[str]:
    return {event.actor for event in edits_since_last_version()}

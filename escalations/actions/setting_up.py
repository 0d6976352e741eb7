"""The first start: the default mapping, and samples so that no page is empty."""

from datetime import datetime

from django.conf import settings

from escalations.models import DatabaseMark, MappingVersion
from escalations.models.active import forget
from escalations.rules import mapping as rules
from escalations.rules.audit_chain import fingerprint
from escalations.rules.default_mapping import DEFAULT_MAPPING

from . import samples
from .publishing import write_rows
from .unit import unit


def mark_database(*, now: datetime) -> None:
    """Say whose database this is, unless it is said already (see `reading.belonging`)."""
    if DatabaseMark.objects.exists():
        return
    with unit(by="portal", now=now, durable=False) as opened:
        DatabaseMark.objects.create(
            mode=settings.PORTAL_MODE, key_fingerprint=fingerprint(settings.AUDIT_KEY), marked_at=now
        )
        opened.record("database.marked", "database", mode=settings.PORTAL_MODE)


def publish_default_mapping(*, now: datetime) -> int:
    """Publish the default mapping as version 1 unless a version exists; the number in force."""
    last = MappingVersion.objects.values_list("number", flat=True).first()
    if last:
        return last
    with unit(by="portal", now=now, durable=False) as opened:
        write_rows(DEFAULT_MAPPING)
        version = MappingVersion.objects.create(
            number=1,
            content=rules.to_dict(DEFAULT_MAPPING),
            content_hash=rules.content_hash(DEFAULT_MAPPING),
            message="The default mapping",
            published_by="portal",
            published_at=now,
        )
        opened.record("mapping.published", str(version), content_hash=version.content_hash)
    forget()
    return 1


def make_samples(*, now: datetime) -> int:
    """Past escalations, marked as samples, so that no page is empty; how many were made."""
    return samples.make_samples(now=now)

"""The first start: the default mapping, and samples so that no page is empty."""

from datetime import datetime

from escalations.models import MappingVersion
from escalations.models.active import forget
from escalations.rules import mapping as rules
from escalations.rules.default_mapping import DEFAULT_MAPPING

from . import samples
from .publishing import write_rows
from .unit import unit


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

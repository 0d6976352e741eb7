"""The few filters that pages need; loaded everywhere."""

from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html

from escalations.gateways.wiring import public_url
from escalations.rules.calendar import spoken_duration

register = template.Library()


@register.filter
def age(value) -> str:
    """How long ago: 12 min, 2 h, 3 days; "now" within a minute. Takes a datetime or ISO 8601 text."""
    value = _instant(value)
    if value is None:
        return ""
    spoken = spoken_duration(value, timezone.now())
    return "now" if spoken == "0 min" else f"{spoken} ago"


@register.filter
def clock(value):
    """A <time> element with hours, minutes and seconds in UTC."""
    value = _instant(value)
    if value is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), value.astimezone(UTC).strftime("%d %b %Y, %H:%M:%S UTC"))


@register.filter
def short_clock(value):
    """A <time> element with day and minute."""
    value = _instant(value)
    if value is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), value.astimezone(UTC).strftime("%d %b, %H:%M"))


@register.filter
def reachable(url: str) -> str:
    """The address as this reader can open it: in sandbox mode the sandbox's page of it."""
    return public_url(url) if url else ""


@register.filter
def words(state: str) -> str:
    """A state's name as words."""
    return (state or "").replace("_", " ")


@register.filter
def lookup(mapping, key):
    return mapping.get(key, "") if mapping else ""


def _instant(value) -> datetime | None:
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            return None
    return value

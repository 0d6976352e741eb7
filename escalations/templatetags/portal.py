"""The few filters that pages need; loaded everywhere."""

import html
import re
from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe

from escalations.gateways.wiring import public_url
from escalations.rules.calendar import spoken_duration
from escalations.rules.clocks import TOKEN
from escalations.rules.states import ESCALATION_WORDS

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
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), value.astimezone(UTC).strftime("%d %b %Y, %H:%M:%S UTC")
    )


@register.filter
def short_clock(value, form: str = "%d %b, %H:%M"):
    """A <time> element in UTC: day and minute, or as `form` says."""
    value = _instant(value)
    if value is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), value.astimezone(UTC).strftime(form))


@register.filter
def reachable(url: str) -> str:
    """The address as this reader can open it: in sandbox mode the sandbox's page of it."""
    return public_url(url) if url else ""


@register.filter
def words(state: str) -> str:
    """A state's name as words."""
    return (state or "").replace("_", " ")


@register.filter
def sent_words(state: str) -> str:
    """An escalation's state as people say it: sent, sent in part, needs attention."""
    return ESCALATION_WORDS.get(state, state)  # "withdrawn" and "not cancelled" are their own words


@register.filter
def empty_words(field) -> str:
    """When a field of a form that is not required may be left empty."""
    return getattr(field.field, "needed", "") or "may stay empty"


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


@register.filter
def slack_preview(content: dict, people: dict | None = None):
    """A Slack message as its reader sees it: our own mentions, times, links, bold and italics as HTML, everything else as text.

    `people` names the mentioned ones by Slack id.
    """
    texts = [
        block["text"]["text"] for block in (content or {}).get("blocks", []) if isinstance(block.get("text"), dict)
    ]
    return mark_safe("<br>".join(_mrkdwn(text, people or {}) for text in texts))  # every piece is escaped in _mrkdwn


def _mrkdwn(text: str, people: dict) -> str:
    pieces = []
    for piece in re.split(r"(<[^<>]+>)", text):
        if piece.startswith("<@"):
            pieces.append(format_html('<strong class="mention">@{}</strong>', people.get(piece[2:-1], piece[2:-1])))
        elif instant := TOKEN.fullmatch(piece):
            at = datetime.fromtimestamp(int(instant[1]), UTC)
            pieces.append(format_html('<time datetime="{}" title="in Slack: in each reader’s own time">{}</time>', at.isoformat(), instant[2]))
        elif piece.startswith("<http"):
            url, _, label = html.unescape(piece[1:-1]).partition("|")
            pieces.append(
                format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', public_url(url), label or url)
            )
        else:
            plain = escape(html.unescape(piece).replace("\u2060", ""))
            plain = re.sub(r"^\*([^*\n]+:)\*", r"<strong>\1</strong>", plain, flags=re.MULTILINE)
            pieces.append(plain.replace("\n", "<br>"))
    # A whole line may be slanted, with what stands in it: a time is a piece of its own.
    return re.sub(r"(^|<br>)_(.+?)_(?=\s|$|<br>)", r"\1<em>\2</em>", "".join(pieces))

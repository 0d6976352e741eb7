"""HTML that escapes by default: only what `fill` returned is ever put in unescaped."""

import html
from datetime import datetime
from pathlib import Path

STATIC = Path(__file__).parent / "static"
LAYOUT = (STATIC / "page.html").read_text(encoding="utf-8")
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Markup(str):
    """Text that is HTML already."""


def escape(value):
    """Return a value as HTML: Markup as it is, a list joined, None as nothing, everything else escaped."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, (list, tuple)):
        return Markup("".join(escape(item) for item in value))
    return Markup("" if value is None else html.escape(str(value)))


def fill(template, **values):
    """Return the template with its {names} replaced by escaped values."""
    return Markup(template.format(**{name: escape(value) for name, value in values.items()}))


def when(at):
    """Return an ISO 8601 time as a <time> a person can read."""
    moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
    return fill('<time datetime="{at}">{text}</time>', at=at, text=moment.strftime("%-d %b %H:%M:%S UTC"))


def facts(pairs):
    """Return (term, value) pairs as a description list; an empty value is shown as a dash."""
    rows = [
        fill("<div><dt>{term}</dt><dd>{value}</dd></div>", term=t, value=v if v not in (None, "", []) else "–")
        for t, v in pairs
    ]
    return fill('<dl class="facts">{rows}</dl>', rows=rows)


def badge(text, kind=""):
    """Return a small label."""
    return fill('<span class="badge {kind}">{text}</span>', text=text, kind=kind)


def bullets(items, empty):
    """Return items as a list, or the words for none."""
    if not items:
        return fill('<p class="quiet">{empty}</p>', empty=empty)
    return fill("<ul>{items}</ul>", items=[fill("<li>{item}</li>", item=item) for item in items])

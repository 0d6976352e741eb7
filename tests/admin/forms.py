"""A browser's part of a form: its fields as they would be sent, and the errors it shows."""

import re
from html import unescape

from django.urls import reverse

from escalations.models import AuditEvent


def address(row) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def posted(page, **changes) -> dict:
    """The form's fields as a browser would send them, with `changes` by field name."""
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is None or value is False or field.field.disabled:
                continue
            data[field.html_name] = "on" if value is True else value
    return {**data, **changes}


def problems(page) -> str:
    """Every error of a page that did not save, as one text."""
    found = dict(page.context["adminform"].form.errors)
    for inline in page.context["inline_admin_formsets"]:
        for number, errors in enumerate(inline.formset.errors):
            found.update({f"{inline.formset.prefix}-{number}-{name}": text for name, text in errors.items()})
    return "; ".join(f"{name}: {' '.join(texts)}" for name, texts in found.items())


def events(after: int = 1) -> list[tuple[str, str, str]]:
    """(actor, action, row) of the audit events after the default mapping's."""
    found = AuditEvent.objects.filter(seq__gt=after)
    return [(event.actor, event.action, event.payload.get("row", "")) for event in found]


def words_of(answer) -> str:
    """What the page says below its bars, as one line."""
    text = answer.content.decode().partition('id="content"')[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", "", text.replace("</", " </"))).split())

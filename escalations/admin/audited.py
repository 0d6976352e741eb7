"""The one admin class that saves: each request that changes something is one unit, with its audit events at the end."""

from contextlib import contextmanager

from django.contrib import admin
from django.utils import timezone

from escalations.actions.publishing import record_edit
from escalations.actions.unit import unit

from .choosing import check_selected


@contextmanager
def audited(request):
    """Around a whole admin view, so that row, inlines, many-to-many and the audit event come or go together."""
    if request.method != "POST":
        yield
        return
    with unit(by=request.user.get_username(), now=timezone.now(), durable=False) as opened:
        request.unit = opened
        yield


class AuditedAdmin(admin.ModelAdmin):
    """Records through Django's own log hooks: whatever the admin logs, the audit log has as well."""

    def changeform_view(self, request, *args, **kwargs):
        with audited(request):
            return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request, *args, **kwargs):
        check_selected(request)
        with audited(request):
            return super().changelist_view(request, *args, **kwargs)

    def delete_view(self, request, *args, **kwargs):
        with audited(request):
            return super().delete_view(request, *args, **kwargs)

    def log_addition(self, request, obj, message):
        self.record(request, "added", obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        self.record(request, "changed", obj, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        for obj in queryset:
            self.record(request, "removed", obj)
        return super().log_deletions(request, queryset)

    def record(self, request, action: str, obj, message=()) -> None:
        """One audit event on one row; what is saved without an open unit fails here."""
        changed = changed_words(message)
        record_edit(request.unit, action, f"{row_name(obj)}{': ' + changed if changed else ''}")


def row_name(obj) -> str:
    """scenario pass-lead; a row without a key by its own words."""
    return f"{obj._meta.verbose_name} {getattr(obj, 'key', '') or obj}"


def changed_words(message) -> str:
    """Which fields and which inline rows, of Django's structured change message: never their values."""
    if isinstance(message, str):
        return message
    return "; ".join(filter(None, (_part(part) for part in message)))


def _part(part: dict) -> str:
    ((verb, of),) = part.items()
    fields = ", ".join(str(field) for field in of.get("fields", ()))
    if "name" not in of:
        return fields
    if verb == "changed":
        return f"{of['name']} {of['object']} ({fields})"
    return f"{verb} {of['name']} {of['object']}"

"""The record: escalations, deliveries, attempts, audit events and versions. Nobody changes them here."""

import json

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from escalations.models import Attempt, AuditEvent, Delivery, Escalation, MappingVersion, RowRemark
from escalations.models.people import name_of
from escalations.models.planning import is_restricted
from escalations.reading.people import names

# Not drawn for a ticket of a restricted instance: links and ids only.
WORDS_OF_THE_TICKET = {
    "customer_name",
    "facts",
    "answers",
    "explanation",
    "texts",
    "copy_text",
    "content",
    "place",
    "receipt",
}


class ReadOnlyAdmin(admin.ModelAdmin):
    """Django's list and page of a row, without any way to change it, for anybody."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def get_fields(self, request, obj=None):
        names = [field.name for field in self.opts.concrete_fields]
        restricted = obj is not None and self.instance_of(obj) and is_restricted(self.instance_of(obj))
        return [name for name in names if not (restricted and name in WORDS_OF_THE_TICKET)]

    def instance_of(self, obj) -> str:
        """The Zendesk instance that the row speaks of, or ""."""
        return ""


class OfEscalation(ReadOnlyAdmin):
    """Rows that belong to an escalation lead to its page."""

    def escalation_of(self, obj) -> Escalation:
        return obj

    def view_on_site(self, obj) -> str:
        return self.escalation_of(obj).get_absolute_url()

    @admin.display(description="open in the portal")
    def page(self, obj):
        address, name = self.view_on_site(obj), self.escalation_of(obj).reference
        return format_html('<a href="{}" aria-label="Open {} in the portal">{}</a>', address, name, name)


@admin.register(Escalation)
class EscalationAdmin(OfEscalation):
    list_display = (
        "id",
        "page",
        "submitted_at",
        "author_name",
        "instance",
        "ticket_id",
        "role_name",
        "scenario_title",
        "contact_name",
        "state",
        "follow_up",
        "sample",
    )
    list_filter = ("state", "follow_up", "role_name", "scenario_key", "instance", "sample", "submitted_at")
    search_fields = ("=id", "=ticket_id", "customer_name", "contact_name", "scenario_key", "author__username")
    date_hierarchy = "submitted_at"
    ordering = ("-submitted_at", "-pk")
    list_select_related = ("author",)

    @admin.display(description="author", ordering="author__first_name")
    def author_name(self, obj):
        return name_of(obj.author)

    def instance_of(self, obj) -> str:
        return obj.instance


@admin.register(Delivery)
class DeliveryAdmin(OfEscalation):
    list_display = (
        "id",
        "page",
        "system",
        "purpose",
        "target",
        "visibility",
        "state",
        "attempts",
        "due_at",
        "settled_at",
        "last_words",
    )
    list_filter = ("state", "system", "visibility", "cc")
    search_fields = ("=key", "=escalation__id", "target", "remote_id", "leg_key")
    ordering = ("-pk",)
    list_select_related = ("escalation",)

    def escalation_of(self, obj) -> Escalation:
        return obj.escalation

    def instance_of(self, obj) -> str:
        return obj.escalation.instance


@admin.register(Attempt)
class AttemptAdmin(OfEscalation):
    list_display = ("delivery", "page", "n", "worker", "started_at", "ended_at", "outcome", "words")
    list_filter = ("outcome", "delivery__system")
    search_fields = ("worker", "words", "=delivery__escalation__id")
    ordering = ("-started_at", "-pk")
    list_select_related = ("delivery__escalation",)

    def escalation_of(self, obj) -> Escalation:
        return obj.delivery.escalation


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("seq", "at", "actor", "action", "object", "what")
    list_filter = ("action", "at")
    search_fields = ("actor", "action", "object")
    ordering = ("-seq",)

    @admin.display(description="what")
    def what(self, event):
        return event.payload.get("row", "") or json.dumps(event.payload, ensure_ascii=False)[:120]


@admin.register(RowRemark)
class RowRemarkAdmin(ReadOnlyAdmin):
    list_display = ("said_at", "text", "nearest", "page", "who")
    list_filter = ("nearest", "said_at")
    search_fields = ("text", "nearest", "=draft__ticket_id")
    ordering = ("-said_at", "-pk")
    list_select_related = ("draft", "said_by")

    @admin.display(description="draft")
    def page(self, remark):
        return format_html('<a href="{}">ticket {}</a>', remark.draft.get_absolute_url(), remark.draft.ticket_id)

    @admin.display(description="said by", ordering="said_by__first_name")
    def who(self, remark):
        return name_of(remark.said_by)

    def instance_of(self, obj) -> str:
        return obj.draft.instance


@admin.register(MappingVersion)
class MappingVersionAdmin(ReadOnlyAdmin):
    search_fields = ("message", "published_by")
    ordering = ("-number",)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")

    def get_list_display(self, request):
        return ("number", "published_at", _by(), "message", "changes")

    def get_fields(self, request, obj=None):
        return ("number", "published_at", *self.get_readonly_fields(request, obj), "message", "content_hash")

    def get_readonly_fields(self, request, obj=None):
        return (_by(), "changes")

    @admin.display(description="what changed")
    def changes(self, version):
        return format_html('<a href="{}">Differences</a>', reverse("admin:mapping_version", args=[version.number]))


def _by():
    """A column with the publishers' names, which are read once for all rows."""
    called = names()

    @admin.display(description="published by", ordering="published_by")
    def published_by(version):
        return called[version.published_by]

    return published_by

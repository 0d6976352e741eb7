"""What belongs to no single row: links, aliases, the shared parts of messages, and the texts of the handbook page."""

from django.contrib import admin

from escalations.models import Alias, Calendar, Link, Prose, Template
from escalations.rules.templates import SHARED_PARTS

from .preview import template_preview, variables_help
from .working_copy import KeptAdmin, WorkingCopyAdmin


@admin.register(Link)
class LinkAdmin(WorkingCopyAdmin):
    list_display = ("label", "url", "role", "scenario", "position")
    list_filter = ("role", "scenario__role")
    search_fields = ("label", "url", "scenario__title")
    autocomplete_fields = ("role", "scenario")
    list_select_related = ("role", "scenario__role")
    fieldsets = (
        (None, {"fields": ("label", "url")}),
        ("Belongs to", {"fields": ("role", "scenario"), "description": "A role, a scenario, or neither: then it is a link of the whole page."}),
        ("In the list", {"fields": ("position",)}),
    )  # fmt: skip


@admin.register(Alias)
class AliasAdmin(WorkingCopyAdmin):
    list_display = ("pattern", "kind", "meaning", "position")
    list_filter = ("kind",)
    search_fields = ("pattern", "meaning")


@admin.register(Template)
class TemplateAdmin(WorkingCopyAdmin):
    list_display = ("key", "what_it_is_for", "body", "position")
    search_fields = ("key", "body")
    readonly_fields = ("rendered",)
    fieldsets = (
        (None, {"fields": ("key", "body", "rendered"), "description": variables_help()}),
        ("In the list", {"fields": ("position",)}),
    )

    def has_delete_permission(self, request, obj=None) -> bool:
        return False  # no message can be written without its parts

    @admin.display(description="what it is for")
    def what_it_is_for(self, template):
        return SHARED_PARTS.get(template.key, "")

    @admin.display(description="with sample values")
    def rendered(self, template):
        return template_preview(template)


@admin.register(Calendar)
class CalendarAdmin(KeptAdmin):
    kind = "calendars"
    list_display = ("name", "zones_in_words", "hours_in_words", "holidays_in_words", "position")
    search_fields = ("key", "name")
    fieldsets = (
        (None, {"fields": ("name", "zones")}),
        ("Working hours, in each person's own time", {"fields": ("days", ("from_hour", "until_hour", "send_hour"))}),
        ("Holidays", {"fields": ("holidays",), "description": "Nobody works on them, and the days that somebody has for an answer skip them."}),
        ("While they are off work", {"fields": ("act_now",)}),
        ("In the list", {"fields": ("key", "position")}),
    )  # fmt: skip

    @admin.display(description="time zones")
    def zones_in_words(self, calendar):
        return ", ".join(calendar.zones) or "everybody else"

    @admin.display(description="working hours")
    def hours_in_words(self, calendar):
        return f"{', '.join(calendar.days)}, {calendar.from_hour}:00 to {calendar.until_hour}:00"

    @admin.display(description="holidays")
    def holidays_in_words(self, calendar):
        return len(calendar.holidays) or "none"


@admin.register(Prose)
class ProseAdmin(WorkingCopyAdmin):
    list_display = ("__str__", "key", "position")
    search_fields = ("key", "heading", "body")

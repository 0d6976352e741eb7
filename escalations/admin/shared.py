"""What belongs to no single row: links, aliases, the shared parts of messages, and the texts of the handbook page."""

from django.contrib import admin

from escalations.models import Alias, Link, Prose, Template
from escalations.rules.templates import SHARED_PARTS

from .preview import template_preview, variables_help
from .working_copy import WorkingCopyAdmin


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


@admin.register(Prose)
class ProseAdmin(WorkingCopyAdmin):
    list_display = ("__str__", "key", "position")
    search_fields = ("key", "heading", "body")

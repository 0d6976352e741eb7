"""Roles with their fallback steps, queues, and channels."""

from django.contrib import admin
from django.utils import timezone

from escalations.models import Channel, FallbackStep, Link, Queue, Role

from .retiring import RetirableAdmin
from .working_copy import KeptAdmin, Retired, RowInline, state_words


class StepInline(RowInline):
    model = FallbackStep
    fields = ("position", "key", "source")
    verbose_name_plural = "fallback steps: how the person is found, in this order"


class RoleLinkInline(RowInline):
    model = Link
    fields = ("position", "label", "url")
    show_change_link = False


@admin.register(Role)
class RoleAdmin(KeptAdmin):
    kind = "roles"
    list_display = ("name", "short", "steps_in_words", "position")
    search_fields = ("key", "name", "short")
    inlines = (StepInline, RoleLinkInline)
    fieldsets = (
        (None, {"fields": ("name", "short", "intro")}),
        ("Older names", {"fields": ("former_names",), "description": "Texts and tickets still use them; past escalations keep the name that was true then."}),
        ("In the list", {"fields": ("key", "position")}),
    )  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("steps")

    @admin.display(description="how the person is found")
    def steps_in_words(self, role):
        return " → ".join(step.get_source_display() for step in role.steps.all()) or "no step: it cannot be published"


@admin.register(Queue)
class QueueAdmin(RetirableAdmin, KeptAdmin):
    kind = "queues"
    list_display = ("name", "forms_in_words", "state", "position")
    list_filter = (Retired,)
    search_fields = ("key", "name")
    fieldsets = (
        (None, {"fields": ("name", "forms")}),
        (
            "Retired",
            {"fields": ("retired_on",), "description": "A retired queue ranks nothing any more; its rows stay."},
        ),
        ("In the list", {"fields": ("key", "position")}),
    )

    @admin.display(description="ticket forms")
    def forms_in_words(self, queue):
        return ", ".join(queue.forms) or "every form"

    @admin.display(description="state")
    def state(self, queue):
        return state_words(queue, timezone.now().date())


@admin.register(Channel)
class ChannelAdmin(KeptAdmin):
    kind = "channels"
    list_display = ("__str__", "slack_id", "purpose", "position")
    search_fields = ("key", "name", "slack_id", "purpose")
    fieldsets = (
        (None, {"fields": ("name", "slack_id", "purpose")}),
        ("Older names", {"fields": ("former_names",), "description": "When Slack renames it: change the name, keep the id, and note the old name here."}),
        ("In the list", {"fields": ("key", "position")}),
    )  # fmt: skip

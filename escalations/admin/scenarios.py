"""Scenarios, the rows of the mapping: one page per row, with what it asks, sends and looks for."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from escalations.models import Choice, LegRule, Link, Question, Scenario, Signal

from .parts import LegForm
from .preview import scenario_preview, variables_help
from .retiring import RetirableAdmin, RetireScenarioForm
from .working_copy import KeptAdmin, PlainFields, Retired, RowInline, Verified, state_words


class QuestionInline(PlainFields, admin.StackedInline):
    model, extra, show_change_link = Question, 0, True
    fields = ("text", "why", "fact", "unknown_says", ("key", "position"))
    verbose_name_plural = "questions: “Change” leads to a question's choices, after it was saved"


class LegInline(PlainFields, admin.StackedInline):
    model, form, extra, show_change_link = LegRule, LegForm, 0, True
    autocomplete_fields = ("channel",)
    fields = (("system", "only_if"), ("mention", "channel"), "places", "cc_mode", ("key", "position"))
    verbose_name, verbose_name_plural = "leg", "legs: what is sent, and where"

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "only_if":
            scenario = request.resolver_match.kwargs.get("object_id")
            kwargs["queryset"] = Choice.objects.filter(question__scenario_id=scenario).select_related("question")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class SignalInline(RowInline):
    model = Signal
    fields = ("position", "kind", "pattern", "decisive", "because")
    verbose_name_plural = "signals: what in a ticket speaks for this row"
    show_change_link = False


class ScenarioLinkInline(RowInline):
    model = Link
    fields = ("position", "label", "url")
    show_change_link = False


@admin.register(Scenario)
class ScenarioAdmin(RetirableAdmin, KeptAdmin):
    kind = "scenarios"
    retire_form = RetireScenarioForm
    list_display = ("title", "role_short", "tone_short", "keeper", "verified_on", "state", "position")
    list_filter = ("role", Retired, Verified, "tone", "queues", "keeper")
    list_select_related = ("role",)
    search_fields = ("key", "title", "choose_when", "keeper", "role__name", "role__short")
    autocomplete_fields = ("role", "twin_of", "queues")
    readonly_fields = ("message",)
    inlines = (QuestionInline, LegInline, SignalInline, ScenarioLinkInline)
    fieldsets = (
        (None, {"fields": ("title", "role", "tone")}),
        ("How an engineer recognises it", {"fields": ("choose_when", "choose_when_not", "examples", "queues", "only_csm", "twin_of")}),
        ("What the message says", {"fields": ("situation", "ask", "answer_days", "not_done", "message"), "description": variables_help()}),
        ("When and where it holds", {
            "fields": (("valid_from", "valid_until"), "regions"),
            "description": "Empty means always and everywhere. A change that starts later is a row with its own days, not a later publishing.",
        }),
        ("Who looks after it", {"fields": (("keeper", "verified_on"),)}),
        ("Retired", {"fields": ("retired_on", "instead"), "description": "Rows are retired, not deleted: past escalations still name them."}),
        ("As it stands on the handbook page", {"classes": ("collapse",), "fields": ("page_scenario", "page_channel", "page_relevancy")}),
        ("In the list", {"fields": ("key", "position")}),
    )  # fmt: skip

    def view_on_site(self, scenario) -> str:
        return f"{reverse('mapping')}#row-{scenario.key}"

    @admin.display(description="role", ordering="role__position")
    def role_short(self, scenario):
        return scenario.role.short

    @admin.display(description="tone", ordering="tone")
    def tone_short(self, scenario):
        return scenario.tone

    @admin.display(description="the message, with sample values")
    def message(self, scenario):
        return scenario_preview(scenario)

    @admin.display(description="state")
    def state(self, scenario):
        return state_words(scenario, timezone.now().date())

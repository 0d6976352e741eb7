"""The parts of rows: legs, questions, choices, signals and fallback steps. Within the working copy they may be removed."""

from django.contrib import admin
from django.core.exceptions import ValidationError

from escalations.models import Choice, FallbackStep, LegRule, Question, Signal

from .working_copy import RowForm, RowInline, WorkingCopyAdmin


class LegForm(RowForm):
    def clean(self):
        cleaned = super().clean()
        scenario, choice = cleaned.get("scenario"), cleaned.get("only_if")
        if choice and scenario and choice.question.scenario_id != scenario.pk:
            raise ValidationError(
                {"only_if": "This answer belongs to another scenario: choose one of this scenario's own."}
            )
        return cleaned


class ChoiceInline(RowInline):
    model = Choice
    fields = ("position", "key", "label", "if_unknown", "stop", "stop_link_label", "stop_link_url")


@admin.register(Question)
class QuestionAdmin(WorkingCopyAdmin):
    list_display = ("text", "scenario", "fact", "position")
    list_filter = ("scenario__role", "fact")
    search_fields = ("key", "text", "scenario__title")
    autocomplete_fields = ("scenario",)
    list_select_related = ("scenario__role",)
    inlines = (ChoiceInline,)
    fieldsets = (
        (None, {"fields": ("scenario", "text", "why")}),
        ("Read off the facts", {"fields": ("fact",), "description": "A question whose answer can be read off the ticket is not asked."}),
        ("“I do not know”", {
            "fields": ("unknown_says",),
            "description": "An engineer may always say so. Tick below as which answer it counts; the message then says that nobody knew.",
        }),
        ("In the list", {"fields": ("key", "position")}),
    )  # fmt: skip


@admin.register(Choice)
class ChoiceAdmin(WorkingCopyAdmin):
    list_display = ("label", "question", "is_a_stop", "position")
    list_filter = ("question__scenario__role",)
    search_fields = ("key", "label", "question__text", "question__scenario__title")
    autocomplete_fields = ("question",)
    list_select_related = ("question",)
    fieldsets = (
        (None, {"fields": ("question", "label", "if_unknown")}),
        ("Do not escalate", {
            "fields": ("stop", "stop_link_label", "stop_link_url"),
            "description": "Leave this empty for an answer that goes on. With a text, this answer ends the wizard and the text says what to do instead.",
        }),
        ("In the list", {"fields": ("key", "position")}),
    )  # fmt: skip

    @admin.display(description="do not escalate", boolean=True)
    def is_a_stop(self, choice):
        return bool(choice.stop)


@admin.register(LegRule)
class LegRuleAdmin(WorkingCopyAdmin):
    form = LegForm
    list_display = ("key", "scenario", "system", "mention", "cc_mode", "places_in_words", "channel", "position")
    list_filter = ("system", "cc_mode", "mention", "channel", "scenario__role")
    search_fields = ("key", "scenario__title", "channel__name")
    autocomplete_fields = ("scenario", "channel", "only_if")
    list_select_related = ("scenario__role", "channel")
    fieldsets = (
        (None, {"fields": ("scenario", "system", "only_if")}),
        ("In Slack", {"fields": ("mention", "places", "channel")}),
        ("In Zendesk", {"fields": ("cc_mode",), "description": "An internal note is always written; this says how the person sees it."}),
        ("In the list", {"fields": ("key", "position")}),
    )  # fmt: skip

    @admin.display(description="places")
    def places_in_words(self, leg):
        return " → ".join(leg.places)


@admin.register(Signal)
class SignalAdmin(WorkingCopyAdmin):
    list_display = ("__str__", "scenario", "decisive", "because", "position")
    list_filter = ("kind", "decisive", "scenario__role")
    search_fields = ("pattern", "because", "scenario__title")
    autocomplete_fields = ("scenario",)
    list_select_related = ("scenario__role",)


@admin.register(FallbackStep)
class FallbackStepAdmin(WorkingCopyAdmin):
    list_display = ("__str__", "role", "key", "position")
    list_filter = ("role", "source")
    search_fields = ("key", "role__name")
    autocomplete_fields = ("role",)
    list_select_related = ("role",)

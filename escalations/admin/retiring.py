"""Retire instead of delete, and bring back."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.template.response import TemplateResponse
from django.utils import timezone

from escalations.rules.escaping import one_line


class RetireForm(forms.Form):
    retired_on = forms.DateField(
        label="From when",
        widget=AdminDateWidget,
        help_text="From this day on nobody can choose it. A day to come is fine.",
    )


class RetireScenarioForm(RetireForm):
    instead = forms.CharField(
        label="What to do instead",
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text="Shown in place of the row, so say where people should go now.",
        error_messages={"required": "Say what to do instead: people will come looking for this row."},
    )

    def clean_instead(self) -> str:
        """What consists of invisible characters only says nothing."""
        given = self.cleaned_data["instead"]
        if not one_line(given):
            raise forms.ValidationError(self.fields["instead"].error_messages["required"])
        return given


class RetirableAdmin(admin.ModelAdmin):
    """Adds the two actions; mixed into an AuditedAdmin, whose unit they run in."""

    actions = ("retire", "bring_back")
    retire_form = RetireForm

    @admin.action(description="Retire the selected %(verbose_name_plural)s", permissions=["change"])
    def retire(self, request, queryset):
        asked = "retire" in request.POST
        initial = {"retired_on": timezone.now().date()}
        form = self.retire_form(request.POST if asked else None, initial=initial)
        if not (asked and form.is_valid()):
            return self._ask(request, queryset, form)
        for row in queryset:
            for name, value in form.cleaned_data.items():
                setattr(row, name, value)
            self._save(request, row, "retired", list(form.cleaned_data))
        self.message_user(request, f"Retired in the next version: {_names(queryset)}.", messages.SUCCESS)
        return None

    @admin.action(description="Bring back the selected %(verbose_name_plural)s", permissions=["change"])
    def bring_back(self, request, queryset):
        rows = [row for row in queryset if row.retired_on]
        for row in rows:
            row.retired_on = None
            self._save(request, row, "brought_back", ["retired_on"])
        words = f"Brought back in the next version: {_names(rows)}." if rows else "None of these is retired."
        self.message_user(request, words, messages.SUCCESS if rows else messages.WARNING)

    def _save(self, request, row, action: str, fields: list[str]) -> None:
        row.save(update_fields=fields)
        self.record(request, action, row)
        admin.ModelAdmin.log_change(self, request, row, action.replace("_", " ").capitalize() + ".")

    def _ask(self, request, queryset, form):
        context = {
            **self.admin_site.each_context(request),
            "title": f"Retire {queryset.model._meta.verbose_name_plural}",
            "opts": self.opts,
            "form": form,
            "rows": queryset,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/retire.html", context, status=422 if form.is_bound else 200)


def _names(rows) -> str:
    return ", ".join(f"“{row}”" for row in rows)

"""What all tables of the working copy share in the admin: plain fields, permanent keys, nothing lost that was published."""

from datetime import timedelta

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.forms.models import BaseInlineFormSet
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from escalations.models.active import NothingPublished, active
from escalations.rules.field_names import field_name

from .audited import AuditedAdmin
from .choosing import ChoosingFields
from .fields import LinesField, PlacesField
from .previewing import PreviewForm, PreviewingAdmin

STALE_DAYS = 180
LINES_HELP = {
    "former_names": "Older names, one a line.",
    "forms": "The Zendesk form names it stands for, one a line. Empty means every form.",
    "examples": "What a ticket of this kind says, one example a line.",
    "zones": "One a line, such as Europe/Berlin, or America/*. Empty means everybody whom no other calendar names.",
    "days": "Mon, Tue, Wed, Thu, Fri, Sat, Sun: those on which they work, one a line.",
    "holidays": "One a line, the day and its name: 2026-12-25 Christmas Day.",
    "regions": "One a line, such as APJ. Empty means everywhere.",
}


class RowForm(PreviewForm, forms.ModelForm):
    """The key can be chosen once: afterwards it is shown and a posted one is ignored."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "key" in self.fields:
            self.fields["key"].disabled = True
            self.fields["key"].help_text = "Permanent: differences, imports and escalations speak of it."


class ListForm(forms.ModelForm):
    """The fields edited in a list."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_fields(self, self.instance)


def name_fields(form, row) -> None:
    named = row if row.pk else "a new row"
    for name, field in form.fields.items():
        label = "Remove" if name == "DELETE" else field.label
        field.widget.attrs["aria-label"] = f"{label} of {named}"


class PlainFields(ChoosingFields):
    """JSON lists as lines, and the names that differences use as well, for admins and inlines alike."""

    form = RowForm

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        label = capfirst(field_name(db_field.name))
        if isinstance(db_field, models.JSONField):
            kind = PlacesField if db_field.name == "places" else LinesField
            return kind(label=label, help_text=LINES_HELP.get(db_field.name, "One a line."))
        field = super().formfield_for_dbfield(db_field, request, **{"label": label, **kwargs})
        if isinstance(db_field, models.TextField):
            field.widget.attrs["rows"] = 3
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = False  # one slip beside a choice must not remove another row
        return field


class NamedFormSet(BaseInlineFormSet):
    """Fields of a table have their names in its head only; this says them to a screen reader as well."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        name_fields(form, form.instance)


class RowInline(PlainFields, admin.TabularInline):
    formset = NamedFormSet
    extra = 0
    show_change_link = True


class WorkingCopyAdmin(PlainFields, PreviewingAdmin, AuditedAdmin):
    """One table of the working copy, in the order of the page; the position can be edited in the list."""

    ordering = ("position", "pk")
    list_editable = ("position",)
    list_per_page = 200
    save_on_top = True

    def message_user(self, request, message, *args, **kwargs):
        """Django says “successfully”, and not where."""
        said = str(message).replace(" successfully", " in the next version")
        super().message_user(
            request, mark_safe(said) if isinstance(message, SafeString) else said, *args, **kwargs
        )  # as safe as Django made it

    def get_changelist_form(self, request, **kwargs):
        return super().get_changelist_form(request, **{"form": ListForm, **kwargs})


class KeptAdmin(WorkingCopyAdmin):
    """A table whose rows are never removed once they are in force; `kind` names its tuple in a Mapping."""

    kind = ""

    def has_delete_permission(self, request, obj=None) -> bool:
        """Only what never left the working copy can be removed: nothing in force speaks of it."""
        return obj is not None and super().has_delete_permission(request, obj) and not self._is_in_force(obj)

    def _is_in_force(self, obj) -> bool:
        try:
            return any(row.key == obj.key for row in getattr(active().mapping, self.kind))
        except NothingPublished:
            return False


class Retired(admin.SimpleListFilter):
    title, parameter_name = "state", "retired"

    def lookups(self, request, model_admin):
        return [("no", "in use"), ("yes", "retired")]

    def queryset(self, request, queryset):
        today = timezone.now().date()
        if self.value() == "yes":
            return queryset.filter(retired_on__lte=today)
        return queryset.exclude(retired_on__lte=today) if self.value() == "no" else queryset


class Verified(admin.SimpleListFilter):
    title, parameter_name = "last verified", "verified"

    def lookups(self, request, model_admin):
        return [("old", f"more than {STALE_DAYS} days ago, or never"), ("new", f"within {STALE_DAYS} days")]

    def queryset(self, request, queryset):
        fresh = {"verified_on__gte": timezone.now().date() - timedelta(days=STALE_DAYS)}
        if self.value() == "new":
            return queryset.filter(**fresh)
        return queryset.exclude(**fresh) if self.value() == "old" else queryset


def state_words(row, today) -> str:
    """Of a row with retired_on and perhaps from and until."""
    if row.retired_on:
        return f"{'retired since' if row.retired_on <= today else 'will be retired on'} {row.retired_on:%-d %b %Y}"
    starts, ends = getattr(row, "valid_from", None), getattr(row, "valid_until", None)
    if starts and starts > today:
        return f"starts {starts:%-d %b %Y}"
    if ends:
        return f"{'ended' if ends < today else 'ends'} {ends:%-d %b %Y}"
    return "in use"

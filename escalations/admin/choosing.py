"""Choosing rows, when what was posted is no row's number: an error beside the field or a 400, never a broken page."""

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import BadRequest, ValidationError
from django.forms import ModelMultipleChoiceField


def is_number(text) -> bool:
    return str(text).isascii() and str(text).isdecimal() and len(str(text)) < 19


def check_selected(request) -> None:
    """Raise BadRequest when a list action is asked for on something that cannot be a row."""
    if not all(map(is_number, request.POST.getlist("_selected_action"))):
        raise BadRequest("_selected_action")


class _Numbers:
    """Django looks up what it shows again as chosen, and breaks on what is no number."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, list(filter(is_number, value)), attr)


class RowSelect(_Numbers, AutocompleteSelect):
    pass


class RowSelectMultiple(_Numbers, AutocompleteSelectMultiple):
    pass


class RowsField(ModelMultipleChoiceField):
    """A number that no database can hold is no row either."""

    def clean(self, value):
        if wrong := [one for one in value or () if not is_number(one)]:
            raise ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": wrong[0][:40]})
        return super().clean(value)


class ChoosingFields:
    """For admins and inlines whose rows choose other rows."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", RowSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", RowSelectMultiple(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **{"form_class": RowsField, **kwargs})

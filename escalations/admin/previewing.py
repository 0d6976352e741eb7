"""A *Preview* button on the forms of the working copy: the change is really made, read, and taken back."""

from django.contrib import admin
from django.utils import timezone

from escalations.models.working_copy import working_copy
from escalations.rules.mapping import Mapping

from .differences import shown

COLUMNS = ("As saved", "As typed")


class Previewed(Exception):
    """Raised where the change would be logged, so that the whole request's unit is undone; carries what it would say."""

    def __init__(self, mapping: Mapping):
        super().__init__()
        self.mapping = mapping


class PreviewForm:
    """For a model form: `shown_again` makes the page come back with what was typed, whatever was typed."""

    shown_again = False

    def is_valid(self) -> bool:
        return super().is_valid() and not self.shown_again


class PreviewingAdmin(admin.ModelAdmin):
    """Mixed in before an AuditedAdmin. A form that could not be saved is not previewed: it says why, as after *Save*."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        context = {**(extra_context or {}), "may_preview": True}
        if "_preview" not in request.POST:
            return super().changeform_view(request, object_id, form_url, context)
        before = working_copy()
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except Previewed as previewed:
            request.previewed = True
            context["preview"] = {"shown": shown(before, previewed.mapping, timezone.now()), "columns": COLUMNS}
        return super().changeform_view(request, object_id, form_url, context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.shown_again = getattr(request, "previewed", False)
        return form

    def log_addition(self, request, obj, message):
        self._stop_if_previewed(request)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        self._stop_if_previewed(request)
        return super().log_change(request, obj, message)

    def _stop_if_previewed(self, request) -> None:
        if "_preview" in request.POST:
            raise Previewed(working_copy())

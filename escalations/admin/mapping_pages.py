"""The working copy as a whole: what it changes, publishing it, the versions so far, and going back to one."""

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from escalations.actions.publishing import CannotPublish, replace_working_copy
from escalations.actions.publishing import publish as publish_working_copy
from escalations.models import MappingVersion
from escalations.models.active import version as mapping_of
from escalations.reading.editing import editors_since_last_version, edits_since_last_version
from escalations.reading.mapping import in_force_or_empty, unpublished_changes, working_copy
from escalations.reading.people import names
from escalations.rules import mapping as rules
from escalations.rules.four_eyes import check_can_publish_changes_of
from escalations.rules.permissions import NotAllowed, check_can_edit_mapping, check_can_publish
from escalations.web.guards import actor_of

from .differences import shown

UNPUBLISHED = ("In force", "Next version")


class Stale(Exception):
    """The working copy is not the one that the page showed."""


class PublishForm(forms.Form):
    message = forms.CharField(
        label="What changes, in a sentence",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text="For whoever reads the history.",
        required=False,
    )
    seen = forms.CharField(widget=forms.HiddenInput)


def changes(request):
    context = {"title": "Unpublished changes", **_unpublished(), "edits": edits_since_last_version()}
    return _page(request, "changes", context)


def _unpublished() -> dict:
    return {"shown": shown(in_force_or_empty(), working_copy(), timezone.now()), "columns": UNPUBLISHED}


def publish(request):
    actor = actor_of(request)
    check_can_publish(actor)
    if request.method != "POST":
        return _publish_page(request, _fresh_form())
    check_can_publish_changes_of(actor, editors_since_last_version())
    form = PublishForm(request.POST)
    try:
        version = _publish(request, form)
    except Stale:
        return _publish_page(request, _fresh_form(request.POST.get("message", "")), stale=True, status=409)
    except CannotPublish as refusal:
        return _publish_page(request, form, reasons=refusal.reasons, status=422)
    messages.success(request, f"Published: version {version.number} is in force.")
    return redirect("admin:mapping_version", version.number)


def _publish(request, form: PublishForm) -> MappingVersion:
    """Publish exactly what was shown: looked at before, and again afterwards, when nobody can change it any more."""
    seen = form.data.get("seen", "")
    if rules.content_hash(working_copy()) != seen:
        raise Stale
    if not form.is_valid():
        raise CannotPublish([error for errors in form.errors.values() for error in errors])
    with transaction.atomic():
        version = publish_working_copy(by=request.user, message=form.cleaned_data["message"], now=timezone.now())
        if version.content_hash != seen:
            raise Stale
        return version


def _fresh_form(message: str = "") -> PublishForm:
    return PublishForm(initial={"seen": rules.content_hash(working_copy()), "message": message})


def _publish_page(request, form, reasons=(), stale=False, status=200):
    edits = edits_since_last_version()
    refusal = ""
    try:
        check_can_publish_changes_of(actor_of(request), {event.actor for event in edits})
    except NotAllowed as reason:
        refusal = str(reason)
    context = {
        "title": "Publish the mapping", "form": form, "reasons": reasons, "stale": stale, "refusal": refusal,
        **_unpublished(), "edits": edits,
    }  # fmt: skip
    return _page(request, "publish", context, status)


def versions(request):
    return _page(request, "versions", {"title": "Versions of the mapping", "versions": _versions()})


def version(request, number: int):
    this = _version(number)
    before = _versions().filter(number__lt=number).first()
    context = {
        "title": f"Mapping {this}", "version": this, "before": before, "in_force": this == _versions().first(),
        "shown": shown(mapping_of(before.number) if before else rules.Mapping(), mapping_of(number), this.published_at),
        "columns": (str(before or "Before"), str(this)),
    }  # fmt: skip
    return _page(request, "version", context)


def restore(request, number: int):
    check_can_edit_mapping(actor_of(request))
    this, wanted = _version(number), mapping_of(number)
    if request.method == "POST":
        replace_working_copy(wanted, by=request.user, now=timezone.now())
        messages.success(request, f"The next version now says what {this} said. Nothing is published yet.")
        return redirect("admin:mapping_changes")
    context = {
        "title": f"Go back to {this}",
        "version": this,
        "lost": unpublished_changes(),
        "shown": shown(working_copy(), wanted, timezone.now()),
        "columns": ("Next version now", str(this)),
    }
    return _page(request, "restore", context)


def _versions():
    return MappingVersion.objects.defer("content")


def _version(number: int) -> MappingVersion:
    found = _versions().filter(number=number).first()
    if found is None:
        raise Http404
    return found


def _page(request, name: str, context: dict, status: int = 200):
    context = {**admin.site.each_context(request), "names": names(), **context}
    return render(request, f"admin/mapping/{name}.html", context, status=status)

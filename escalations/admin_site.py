"""The admin site: Django's own, with the mapping's pages beside it, one door (the portal's sign-in) and an index by purpose.

`portal.apps.PortalAdminConfig` makes it Django's default site; the models are registered in `escalations.admin`.
"""

from functools import cache, wraps

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import slugify

from escalations.models.working_copy import WORKING_COPY
from escalations.reading.mapping import unpublished_changes
from escalations.rules.permissions import can_edit_mapping, can_publish, can_see_admin, check_can_see_admin
from escalations.web.guards import actor_of


class PortalAdminSite(admin.AdminSite):
    site_title = site_header = "Escalation portal · mapping and records"
    index_title = "What do you want to do?"

    def has_permission(self, request) -> bool:
        """By group, like every page of the portal. A superuser may enter to name the first administrator."""
        return request.user.is_active and (request.user.is_superuser or can_see_admin(actor_of(request)))

    def admin_view(self, view, cacheable=False):
        """Tell a signed-in person why they may not enter, instead of sending them round by the sign-in."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request, *args, **kwargs):
            if request.user.is_authenticated and not self.has_permission(request):
                check_can_see_admin(actor_of(request))
            if "" in (request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)):  # Django would look for a field without a name
                raise BadRequest(TO_FIELD_VAR)
            return inner(request, *args, **kwargs)

        guarded.check = check_can_see_admin
        return guarded

    @login_not_required
    def login(self, request, extra_context=None):
        """No second door: the portal's sign-in, and back to the page that was asked for."""
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            wanted = reverse("admin:index")
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(wanted, reverse(settings.LOGIN_URL))

    def get_urls(self):
        from escalations.admin import mapping_pages as pages  # it registers models, which needs this site first

        ours = [
            path("mapping/changes/", self.admin_view(pages.changes), name="mapping_changes"),
            path("mapping/publish/", self.admin_view(pages.publish), name="mapping_publish"),
            path("mapping/versions/", self.admin_view(pages.versions), name="mapping_versions"),
            path("mapping/versions/<int:number>/", self.admin_view(pages.version), name="mapping_version"),
            path("mapping/versions/<int:number>/restore/", self.admin_view(pages.restore), name="mapping_restore"),
        ]
        return ours + super().get_urls()

    def each_context(self, request) -> dict:
        actor = actor_of(request)
        return {
            **super().each_context(request),
            "working_copy_models": frozenset(model._meta.model_name for model in WORKING_COPY),
            "unpublished": cache(unpublished_changes),  # asked for only by pages with the banner
            "may_publish": can_publish(actor),
            "may_edit": can_edit_mapping(actor),
        }

    def get_app_list(self, request, app_label=None) -> list[dict]:
        """The side bar: the sections of the index, each table where it is met first; what has no task is listed last."""
        from escalations.admin.tasks import SECTIONS

        apps = super().get_app_list(request, app_label)
        models = {model["object_name"]: model for app in apps for model in app["models"]}
        may_edit, found = can_edit_mapping(actor_of(request)), []
        for section in SECTIONS:
            names = dict.fromkeys(task.model for task in section.tasks)
            found.append((section.heading(may_edit), [models.pop(name) for name in names if name in models]))
        return [_listed(name, here) for name, here in [*found, ("More", list(models.values()))] if here]

    def index(self, request, extra_context=None):
        return super().index(request, {"sections": self._sections(request), **(extra_context or {})})

    def app_index(self, request, app_label, extra_context=None):
        """The bare list of an app's tables says nothing that the index does not say better."""
        return redirect("admin:index")

    def _sections(self, request) -> list[tuple[str, list[tuple]]]:
        """(heading, [(task, its table as Django describes it)]), what this person may not see left out."""
        from escalations.admin.tasks import SECTIONS

        models = {model["object_name"]: model for app in super().get_app_list(request) for model in app["models"]}
        may_edit = can_edit_mapping(actor_of(request))
        found = [
            (section.heading(may_edit), [(task, models[task.model]) for task in section.tasks if task.model in models])
            for section in SECTIONS
        ]
        return [(heading, tasks) for heading, tasks in found if tasks]


def _listed(name: str, models: list[dict]) -> dict:
    address = f"{reverse('admin:index')}#{slugify(name)}"
    return {"name": name, "app_label": "portal", "app_url": address, "has_module_perms": True, "models": models}

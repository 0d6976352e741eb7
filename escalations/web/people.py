"""Signing in. In sandbox mode the demo people are one click each; outside it those views do not exist."""

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from escalations.actions.people import DEMO_PEOPLE


@login_not_required
@require_http_methods(["GET", "POST"])
def sign_in(request):
    back = _safe(request, request.GET.get("next", ""))
    if settings.SANDBOX:
        return render(request, "sign_in.html", {"demo_people": DEMO_PEOPLE, "next": back})
    return LoginView.as_view(template_name="sign_in.html", redirect_authenticated_user=True)(request)


@login_not_required
@require_POST
def sign_in_as(request):
    """One click as a demo person. Only in sandbox mode, only for the demo people."""
    if not settings.SANDBOX:
        raise Http404
    username = request.POST.get("username", "")
    if username not in {person.username for person in DEMO_PEOPLE}:
        raise Http404
    user = get_object_or_404(get_user_model(), username=username, is_active=True)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(_safe(request, request.POST.get("next", "")) or "home")


def _safe(request, address: str) -> str:
    """Only an address of this portal is gone back to; a bare word would be taken for the name of a page."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return address if safe and address.startswith("/") else ""

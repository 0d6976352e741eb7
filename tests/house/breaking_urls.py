"""The portal's addresses and one that breaks, to see the page of an error that nobody foresaw."""

from django.contrib.auth import get_user_model
from django.db import OperationalError, transaction
from django.urls import path

from portal.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def broken(request):
    raise RuntimeError("customer Acme Corp, token xoxb-secret")


def broken_row(request, words):
    """The database's error names the value; so does the address."""
    with transaction.atomic():
        get_user_model().objects.create(username=words)
        get_user_model().objects.create(username=words)


def away(request):
    raise OperationalError("customer Acme Corp, token xoxb-secret")


urlpatterns = [*urlpatterns, path("away/", away), path("broken/", broken), path("broken/<str:words>/", broken_row)]

"""The portal's addresses and one that breaks, to see the page of an error that nobody foresaw."""

from django.urls import path

from portal.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def broken(request):
    raise RuntimeError("customer Acme Corp, token xoxb-secret")


urlpatterns = [*urlpatterns, path("broken/", broken)]

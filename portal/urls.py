from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("", include("escalations.web.urls"))]
handler400 = "escalations.web.errors.bad_request"
handler403 = "escalations.web.errors.forbidden"
handler404 = "escalations.web.errors.not_found"
handler500 = "escalations.web.errors.server_error"

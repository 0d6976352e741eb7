"""What machines ask, without a sign-in: whether the process is alive, and whether the portal can do its work."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from escalations.reading.readiness import ready


@require_safe
@login_not_required
def healthz(request):
    """Answers when the process does; nothing else is looked at."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@login_not_required
def readyz(request):
    """200, or 503 with the reasons: the database, its migrations and triggers, the outbox, the workers."""
    found = ready()
    answer = JsonResponse(found.as_json(), status=503 if found.problems else 200)
    answer["Cache-Control"] = "no-store"
    return answer


ANSWERS = {"/healthz": healthz, "/readyz": readyz}


class HealthMiddleware:
    """Answers these before anything looks at the Host header: who asks knows the process's address, not the portal's name."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return ANSWERS.get(request.path_info, self.get_response)(request)

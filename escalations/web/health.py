"""Whether the process is alive, for whoever starts or balances it: they know its address, not the portal's name."""

from .escalations import healthz


class HealthMiddleware:
    """Answers /healthz before anything looks at the Host header; every other address goes on."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return healthz(request) if request.path_info == "/healthz" else self.get_response(request)

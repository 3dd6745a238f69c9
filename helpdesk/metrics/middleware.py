"""Measures each request of this process."""

import time
from importlib import import_module

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed

METHODS = {"GET", "HEAD", "POST", "OPTIONS"}


class MetricsMiddleware:
    """Counts requests by view, method and status, and how long each took; no address, no person.

    A view is the name of its address, so that there are as many series as addresses.
    """

    def __init__(self, get_response):
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.requests = import_module("helpdesk.metrics.requests")

    def __call__(self, request):
        began_at = time.perf_counter()
        with self.requests.IN_PROGRESS.track_inprogress():
            response = self.get_response(request)
        view = view_of(request)
        method = request.method if request.method in METHODS else "other"
        self.requests.ANSWERED.labels(view, method, response.status_code).inc()
        self.requests.SECONDS.labels(view).observe(time.perf_counter() - began_at)
        return response


def view_of(request):
    """The name of the view that answered; `static` for a file, `none` where there is no address."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name or "unnamed"
    return "static" if request.path.startswith(settings.STATIC_URL) else "none"

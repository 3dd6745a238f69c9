"""The page that Prometheus reads."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def metrics(request):
    """Everything that is measured, for who sends METRICS_TOKEN; for all others there is no page."""
    sent = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    if not (settings.METRICS_TOKEN and constant_time_compare(sent, wanted)):
        raise Http404
    # Loaded by the first who may ask, so that it takes no memory where nobody does.
    current = import_string("helpdesk.metrics.exposition.current")
    text, content_type = current(timezone.now())
    return HttpResponse(text, content_type=content_type)

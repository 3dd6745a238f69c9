"""A receiver of webhooks for `make run`, to which the demo sends; only with DEBUG."""

import json

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .sent_mail.views import only_with_debug


@csrf_exempt
@require_POST
@only_with_debug
def receive(request):
    """Take anything; the answer, which the log of the endpoint shows, says what it was."""
    try:
        kind = str(json.loads(request.body)["type"])
    except (ValueError, KeyError, TypeError):
        return HttpResponse("This is no webhook.", status=400, content_type="text/plain")
    return HttpResponse(f"Received {kind[:40]}.", content_type="text/plain; charset=utf-8")

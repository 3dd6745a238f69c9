"""Handing out attachments: by the visibility rule of the moment, as an inert download."""

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from tickets.models import Attachment


@require_safe
@login_required
def download(request, key):
    """A file of a message that the reader may see, or of their own pending uploads."""
    attachment = get_object_or_404(Attachment.objects.downloadable_by(request.user), pk=key)
    return _inert(attachment)


def _inert(attachment):
    try:
        content = default_storage.open(attachment.path)
    except FileNotFoundError as missing:
        raise Http404 from missing
    response = FileResponse(
        content,
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.content_type,
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response

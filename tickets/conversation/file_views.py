"""Attachments: handed out by the visibility rule of the moment, and taken in one by one."""

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tickets import permissions, services
from tickets.attachments import handing_out
from tickets.attachments.thumbnails import CONTENT_TYPE
from tickets.errors import TicketError
from tickets.models import Attachment
from tickets.web.guards import signed_in
from ui.wording import format_size


@require_safe
@login_required
def download(request, key):
    """A file of a message that the reader may see, or of their own pending uploads.

    Whole, or the range of it that is asked for. 503 while the store of files is away.
    """
    attachment = get_object_or_404(Attachment.objects.downloadable_by(request.user), pk=key)
    try:
        response = handing_out.response_of(request, attachment)
    except FileNotFoundError as missing:
        raise Http404 from missing
    response.headers["Cache-Control"] = "private, no-store"
    return _inert(response)


@require_safe
@login_required
def thumbnail(request, key):
    """The small picture of an image; a browser keeps it, but asks each time whether it still may
    show it."""
    attachment = get_object_or_404(Attachment.objects.downloadable_by(request.user), pk=key)
    if not attachment.thumbnail_path:
        raise Http404
    try:
        response = FileResponse(
            default_storage.open(attachment.thumbnail_path), content_type=CONTENT_TYPE
        )
    except FileNotFoundError as missing:
        raise Http404 from missing
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["ETag"] = f'"{attachment.pk}"'
    return get_conditional_response(
        request, etag=response.headers["ETag"], response=_inert(response)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def uploads(request):
    """The person's files that wait for a form to be sent; a POST adds one, `file`. In JSON."""
    if request.method == "POST":
        return _take(request)
    return JsonResponse({"files": [_as_json(file) for file in services.pending_of(request.user)]})


@require_POST
@signed_in
def remove(request, key):
    """Take one of the person's own waiting files away; what is none of these is no matter."""
    services.discard(request.user, [key])
    return HttpResponse(status=204)


def _take(request):
    if not permissions.may_upload(request.user):
        return _refused(_("You are not allowed to send files now."), status=403)
    if not ratelimit.consume(request, action="upload"):
        sentence = _("You have sent too much in the last hour. Try again later.")
        return _refused(sentence, status=429)
    file = request.FILES.get("file")
    if file is None:
        return _refused(_("The file was not uploaded. Choose it again."), status=422)
    try:
        stored = services.store_upload(request.user, file)
    except TicketError as refused:
        return _refused(refused.sentence, status=503 if refused.code == "store" else 422)
    return JsonResponse(_as_json(stored), status=201)


def _refused(sentence, *, status):
    return JsonResponse({"error": sentence}, status=status)


def _as_json(file):
    return {"id": str(file.pk), "name": file.name, "size": format_size(file.size)}


def _inert(response):
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response

"""What goes around every request: clean failure, a limit to its size, and headers."""

import gzip
import logging
import secrets
import time

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed, TooManyFieldsSent
from django.http import Http404, QueryDict
from django.middleware.gzip import re_accepts_gzip
from django.utils.cache import patch_cache_control, patch_vary_headers

from tickets.attachments.stores import StoreAwayError
from ui.keys import key_in

from . import views
from .whole_body import BODY_IS_CUT, WholeBody

logger = logging.getLogger(__name__)
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
access_log = logging.getLogger("helpdesk.access")


def is_poll(request):
    """Whether an open page asked for news: four times a minute, and hardly ever of interest."""
    match = request.resolver_match
    return match is not None and match.namespace == "live"


class AccessLogMiddleware:
    """Logs each request in one line, without its query, where the deployment asks for it.

    What open pages poll for is logged at the level debug.
    """

    def __init__(self, get_response):
        if not settings.ACCESS_LOG:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        began_at = time.monotonic()
        response = self.get_response(request)
        took = 1000 * (time.monotonic() - began_at)
        level = logging.DEBUG if is_poll(request) else logging.INFO
        what = (request.method, request.path, response.status_code, took)
        match = request.resolver_match
        facts = {
            "method": request.method,
            "view": match.view_name if match else None,
            "status": response.status_code,
            "duration_ms": round(took),
        }
        access_log.log(level, "%s %s %s %.0fms", *what, extra=facts)
        return response


class FailureMiddleware:
    """Answers 503 while the database or the store of attachments is away, a disk is full or a lock
    not to be had, 404 for what is missing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if views.is_database_away(exception):
            logger.error("The database did not answer", exc_info=exception)
            return views.unavailable(request, exception)
        if isinstance(exception, StoreAwayError):
            logger.error("The store of attachments did not answer", exc_info=exception)
            return views.unavailable(request, exception)
        if views.is_disk_full(exception):
            logger.error("The disk is full", exc_info=exception)
            return views.unavailable(request, exception)
        # The product's own page in development too, where Django would show its list of addresses.
        return views.not_found(request, exception) if isinstance(exception, Http404) else None


class FormAddressMiddleware:
    """Gives a page to who opens the address that a form is sent to, as after a lost answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET":
            return views.not_allowed(request, response)
        return response


class CompressionMiddleware:
    """Sends pages compressed; files, and what streams, go as they are.

    No length reveals a secret in a page: tokens differ in every answer, and padding is random.
    Django's own middleware does the same at a level that takes three times as long for a tenth
    fewer bytes: a twentieth of what a page of a ticket costs.
    """

    LEVEL = 3
    MOST_PADDING = 100

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.streaming or not is_page or response.has_header("Content-Encoding"):
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        if re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")) and response.content:
            response.content = self._compressed(response.content)
            response.headers["Content-Encoding"] = "gzip"
            response.headers["Content-Length"] = str(len(response.content))
            if response.headers.get("ETag", "").startswith('"'):
                response.headers["ETag"] = f"W/{response.headers['ETag']}"
        return response

    def _compressed(self, content):
        """The padding is a name of the file, as the format allows after its first ten bytes."""
        data = gzip.compress(content, compresslevel=self.LEVEL, mtime=0)
        head = bytearray(data[:10])
        head[3] = gzip.FNAME
        return bytes(head) + b"a" * secrets.randbelow(self.MOST_PADDING) + b"\0" + data[10:]


class SizeMiddleware:
    """Answers 413 to more than any form may hold; nothing of it is looked at. Of a body that breaks
    off before its end, or is in an encoding that Django refuses to read, nothing is taken either;
    503 where the web process had no room for all of it.

    The web server has received all of it by then, so that a browser shows the answer.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        number = key_in(length)
        if number is None or number > settings.REQUEST_MAX_BYTES:
            return views.too_large(request)
        if request.content_type in FORMS and not _is_utf_8(request.content_params.get("charset")):
            return views.malformed(request)
        if request.META.get(BODY_IS_CUT):
            return views.unavailable(request)
        try:
            request.GET  # noqa: B018 here it is read
        except TooManyFieldsSent as error:
            # The page of the error reads it too. In development, Django's own would take minutes.
            request.GET = QueryDict()
            return views.malformed(request, error)
        request._stream = WholeBody(request._stream, number)
        return self.get_response(request)


def _is_utf_8(charset):
    """Whether a form names no character set, or UTF-8 by one of its names."""
    return charset is None or charset.lower().replace("_", "-") in {"utf-8", "utf8"}


class HeadersMiddleware:
    """Pages are for their reader alone: nothing between keeps them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if "Cache-Control" not in response.headers:
            patch_cache_control(response, private=True, no_store=True)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

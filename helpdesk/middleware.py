"""What goes around every request: clean failure, a limit to its size, and headers."""

import logging
import time
from contextlib import suppress

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_cache_control

from . import views

logger = logging.getLogger(__name__)

ARRIVAL_SECONDS = 20
CHUNK_BYTES = 256 * 1024


class FailureMiddleware:
    """Answers 503 while the database is away or a lock not to be had, 404 for what is missing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, OperationalError | InterfaceError):
            logger.error("The database did not answer", exc_info=exception)
            return views.unavailable(request, exception)
        # The product's own page in development too, where Django would show its list of addresses.
        return views.not_found(request, exception) if isinstance(exception, Http404) else None


class CompressionMiddleware(GZipMiddleware):
    """Sends pages compressed; files, and what streams, go as they are.

    No length tells of a secret in a page: tokens differ in every answer, and padding is random.
    """

    def process_response(self, request, response):
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.streaming or not is_page:
            return response
        return super().process_response(request, response)


class SizeMiddleware:
    """Answers 413 to more than any form may hold; nothing of it is looked at or kept."""

    def __init__(self, get_response):
        self.get_response = get_response
        files = settings.ATTACHMENTS_PER_MESSAGE * settings.ATTACHMENT_MAX_BYTES
        self.most = files + settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def __call__(self, request):
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and int(length) > self.most:
            self._let_arrive(request)
            return views.too_large(request)
        return self.get_response(request)

    def _let_arrive(self, request):
        """A browser shows the answer only when it could send all: for a bounded while it may."""
        end, left = time.monotonic() + ARRIVAL_SECONDS, 5 * self.most
        with suppress(UnreadablePostError):
            while left > 0 and time.monotonic() < end and (chunk := request.read(CHUNK_BYTES)):
                left -= len(chunk)


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

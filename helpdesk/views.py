"""Home and what people see when something went wrong."""

import errno
import logging
import sys
from contextlib import suppress

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, NotSupportedError, OperationalError, connection
from django.http import HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from psycopg.errors import ReadOnlySqlTransaction, UndefinedColumn, UndefinedTable

from tickets.portal import views_list
from tickets.web.expired_form import expired_page, page_behind, typed_texts

from . import request_ids
from .database_release import is_too_old

logger = logging.getLogger(__name__)
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


@require_safe
def home(request):
    """Strangers sign in, staff go to the queue, members see what waits for them."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    if request.user.is_agent:
        return redirect("queue:list")
    return views_list.home(request)


def expired_form(request, reason=""):
    """403: the form is too old to be trusted; what was typed is shown for copying."""
    return expired_page(request)


def malformed(request, exception=None):
    """400, or 413 where the request was over a limit."""
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent | TooManyFieldsSent):
        return too_large(request)
    if isinstance(exception, MultiPartParserError) and "size exceeded" in str(exception):
        # The name of a field or file, which Django gives no class of error of its own.
        return too_large(request)
    return _failure(request, 400)


def forbidden(request, exception=None):
    return _failure(request, 403)


def not_found(request, exception=None):
    """404; what was typed for a place that is closed to the person meanwhile is shown for copying.

    Of a place that never was it is shown as well: both look the same.
    """
    return _failure(request, 404, typed=typed_texts(request))


def not_allowed(request, answer):
    """405 with a way to the page, for who opens the address that a form is sent to.

    That is the address which a browser shows when the answer was lost.
    """
    back = page_behind(request)
    page = _failure(request, 405, back=None if back == request.path else back)
    page.headers["Allow"] = answer.headers["Allow"]
    return page


def too_large(request):
    """413: more than any form may hold."""
    return _failure(request, 413)


def broken(request):
    """500, or 503 when it was the machine around; what was typed is given back."""
    error = sys.exc_info()[1]
    if is_database_away(error) or is_disk_full(error):
        return unavailable(request)
    return _failure(request, 500, typed=_typed(request))


def is_database_away(error):
    """Whether the database did not answer, takes no writes (a standby, or a full disk), is too old,
    or lacks tables that the code knows: migrations are still to come, as `/healthz` says."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    if isinstance(error, NotSupportedError) and is_too_old(connection):
        # Kept, it would be taken for a good one by the next request.
        connection.close()
        return True
    return isinstance(error.__cause__, ReadOnlySqlTransaction | UndefinedTable | UndefinedColumn)


def is_disk_full(error):
    """Whether this machine has no room for a file: an upload that arrives, or a report."""
    return isinstance(error, OSError) and error.errno in NO_ROOM


def unavailable(request, exception=None):
    """503: the database is away or busy, or a disk is full; the person is asked to try again."""
    return _failure(request, 503, typed=_typed(request))


def _typed(request):
    """What was typed; nothing where the request itself cannot be read."""
    with suppress(BadRequest, SuspiciousOperation, UnreadablePostError, MultiPartParserError):
        return typed_texts(request)
    return []


def _failure(request, status, **more):
    """A page that asks nothing of database or session; its reference is the id in the log."""
    reference = request_ids.reference()
    logger.warning("%s under reference %s: %s %s", status, reference, request.method, request.path)
    fa = get_language() == "fa"
    context = {
        "reference": reference,
        "theme": request.COOKIES.get("theme", "auto"),
        "site_name": settings.SITE_NAME_FA if fa else settings.SITE_NAME_EN,
        **more,
    }
    return HttpResponse(render_to_string(f"{status}.html", context), status=status)

"""Answers open pages without news before anything of the request is loaded."""

import logging

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpResponseNotModified
from django.urls import Resolver404, resolve
from django.utils import timezone

from .polls import is_same_tag, poll_by, tag_of

logger = logging.getLogger(__name__)
PREFIX = "/live/"


class UnchangedMiddleware:
    """Answers 304 to a page that asks for news and has the present tag, by one statement.

    Whatever else it may be, the rest of the application answers it as if this were not here.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        sent = request.headers.get("If-None-Match", "")
        if sent and request.method == "GET" and request.path_info.startswith(PREFIX):
            return self._unchanged(request, sent) or self.get_response(request)
        return self.get_response(request)

    def _unchanged(self, request, sent):
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return None
        session = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        poll = poll_by(sent, session=session, match=match)
        if poll is None:
            return None
        tag = _unchanged_tag(poll, sent)
        if tag is None:
            return None
        request.resolver_match = match
        return HttpResponseNotModified(headers={"ETag": tag})


def _unchanged_tag(poll, sent):
    """The tag, if it is still the present one; None too where the database does not answer: then
    the view finds out why."""
    # Without asking first whether it works: one that broke is noticed by the statement itself.
    connection.health_check_done = True
    try:
        tag = tag_of(poll, now=timezone.now())
        return tag if tag and is_same_tag(sent, tag) else None
    except (DatabaseError, InterfaceError):
        logger.info("A poll is left to its view", exc_info=True)
        connection.close()
        return None

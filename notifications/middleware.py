"""Answers open pages without news before anything of the request is loaded."""

import logging

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpResponseNotModified
from django.urls import Resolver404, resolve
from django.utils import timezone

from .polls import is_same_tag, poll_by, tag_of
from .presence import take_sign

logger = logging.getLogger(__name__)
PREFIX = "/live/"


class UnchangedMiddleware:
    """Answers 304 to a page that asks for news and has the present tag, by one statement,
    and one more for the sign that an agent's page of a ticket leaves.

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
        tag = _unchanged_tag(request, poll, sent)
        if tag is None:
            return None
        request.resolver_match = match
        return HttpResponseNotModified(headers={"ETag": tag})


def _unchanged_tag(request, poll, sent):
    """The tag, if it is still the present one; an agent's page of a ticket leaves its sign then.

    None too where the database does not answer: then the view finds out why.
    """
    # Without asking first whether it works: one that broke is noticed by the statement itself.
    connection.health_check_done = True
    now = timezone.now()
    try:
        tag = tag_of(poll, now=now)
        if tag is None or not is_same_tag(sent, tag):
            return None
        if poll.shows_presence:
            take_sign(request, poll.ticket, poll.person, now=now)
        return tag
    except (DatabaseError, InterfaceError):
        logger.info("A poll is left to its view", exc_info=True)
        connection.close()
        return None

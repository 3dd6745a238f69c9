"""What open pages ask again and again: whether they have news, in one cheap conditional request.

The answer has the mark of what the page shows (see `tickets.freshness`) and the state of the bell.
Nothing of it is a secret of the ticket: marks are hashes, and customers' derive from public facts.
"""

import json
from functools import wraps
from hashlib import sha256

from django.http import Http404, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tickets.freshness import list_mark, mark, queue_mark
from tickets.models import Ticket

from .bell import bell_state, newest_on_bell


def asked_again(view):
    """Answers with `view`'s mark and the bell, or 304 to a page that has them; strangers get a bare
    401, upon which pages stop asking."""

    @require_safe
    @wraps(view)
    def answered(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return HttpResponse(status=401)
        return _answer(request, view(request, *args, **kwargs))

    return answered


@asked_again
def bell(request):
    """Of pages that show no tickets."""
    return ""


@asked_again
def queue(request):
    """Of the agents' lists."""
    if not request.user.is_agent:
        raise Http404
    return queue_mark(request.user, timezone.now())


@asked_again
def tickets(request):
    """Of the member's home and list."""
    if request.user.is_agent:
        raise Http404
    membership = request.user.current_membership
    organization = membership.organization if membership else None
    return list_mark(request.user, organization, timezone.now())


@asked_again
def ticket(request, number):
    """Of the page of one ticket, for either side."""
    visible = Ticket.objects.visible_to(request.user)
    is_agent = request.user.is_agent
    facts = visible.version_of(number) if is_agent else visible.public_state(number)
    if facts is None:
        raise Http404
    return str(facts) if is_agent else mark(facts, timezone.now())


def _answer(request, page):
    state = bell_state(request.user)
    answer = {"person": request.user.pk, "page": page, "bell": _bell(state)}
    tag = f'"{sha256(json.dumps(answer).encode()).hexdigest()[:20]}"'
    # A proxy that compresses marks the tag as a weak one.
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    known = request.GET.get("bell", "")
    if known.isdecimal() and int(known) < state.newest:
        answer["bell"]["alert"] = newest_on_bell(request.user, state)
    return JsonResponse(answer, headers={"ETag": tag})


def _bell(state):
    count = state.count
    label = _("Notifications, %(count)s unread") % {"count": count} if count else _("Notifications")
    return {"count": count, "label": label, "newest": state.newest}

"""What open pages ask again and again: whether they have news, in one cheap conditional request.

The answer has the mark of what the page shows (see `tickets.freshness`) and the state of the bell.
Nothing of it is a secret of the ticket: marks are hashes, and customers' derive from public facts.
"""

from functools import wraps

from django.http import Http404, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tickets.freshness import list_mark, mark, queue_mark, state_of_tickets
from tickets.models import Ticket
from ui.keys import key_in

from .bell import bell_state, newest_on_bell
from .polls import is_same_tag, poll_of, tag_of
from .presence import colleagues_on, record_sign


def asked_again(view):
    """Answers with what `view` gives and the bell; strangers get a bare 401, upon which pages stop
    asking. A page that has them already is usually answered by `middleware.UnchangedMiddleware`."""

    @require_safe
    @wraps(view)
    def answered(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return HttpResponse(status=401)
        # The tag is read first: what changes meanwhile is news at the next poll.
        tag = _tag(request)
        return _answer(request, view(request, *args, **kwargs), tag)

    return answered


@asked_again
def bell(request):
    """Of pages that show no tickets."""
    return {"page": ""}


@asked_again
def queue(request):
    """Of the agents' lists."""
    if not request.user.is_agent:
        raise Http404
    return {"page": queue_mark(request.user, timezone.now(), state_of_tickets())}


@asked_again
def tickets(request):
    """Of the member's home and list."""
    if request.user.is_agent:
        raise Http404
    membership = request.user.current_membership
    organization = membership.organization if membership else None
    return {"page": list_mark(request.user, organization, timezone.now())}


@asked_again
def ticket(request, number):
    """Of the page of one ticket, for either side; agents learn which colleagues have it open."""
    visible, now = Ticket.objects.visible_to(request.user), timezone.now()
    is_agent = request.user.is_agent
    facts = visible.version_of(number) if is_agent else visible.public_state(number)
    if facts is None:
        raise Http404
    if not is_agent:
        return {"page": mark(facts, now)}
    return {"page": str(facts), "presence": colleagues_on(number, request.user, now=now)}


@require_POST
def viewing(request, number):
    """What the reader of an agent's page of a ticket does there, for the pages of colleagues."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    is_agent, visible = request.user.is_agent, Ticket.objects.visible_to(request.user)
    if not is_agent or visible.version_of(number) is None:
        raise Http404
    record_sign(request.POST, number, request.user.pk, now=timezone.now())
    return HttpResponse(status=204)


def _tag(request):
    poll = poll_of(request)
    return tag_of(poll, now=timezone.now()) if poll else None


def _answer(request, news, tag):
    headers = {"ETag": tag} if tag else {}
    if tag and is_same_tag(request.headers.get("If-None-Match", ""), tag):
        return HttpResponseNotModified(headers=headers)
    state = bell_state(request.user)
    answer = {"person": request.user.pk, **news, "bell": _bell(state)}
    known = key_in(request.GET.get("bell", ""))
    if known is not None and known < state.newest:
        answer["bell"]["alert"] = newest_on_bell(request.user, state)
    return JsonResponse(answer, headers=headers)


def _bell(state):
    count = state.count
    label = _("Notifications, %(count)s unread") % {"count": count} if count else _("Notifications")
    return {"count": count, "label": label, "newest": state.newest}

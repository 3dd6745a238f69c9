"""Who comes to which page at all, and what becomes of a refusal."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect

from tickets.errors import TicketError
from tickets.models import Ticket

from .expired_form import expired_page
from .shown_ticket import shown_ticket


def signed_in(view):
    """Strangers sign in first; one whose session ended while typing is shown the text again."""
    asking = login_required(view)

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method == "POST" and not request.user.is_authenticated:
            return expired_page(request)
        return asking(request, *args, **kwargs)

    return guarded


def staff_only(view):
    """Agents and above; to anybody else the page does not exist."""

    @signed_in
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_agent:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def supervisors_only(view):
    """Supervisors and admins; to anybody else, agents too, the page does not exist."""

    @signed_in
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_supervisor:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def customers_only(view):
    """Members' pages; staff have the queue, and find nothing here."""

    @signed_in
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_agent:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def ticket_or_404(request, number):
    """The one way from a request to a ticket; of a merged one to that into which it was merged,
    where the person may see it."""
    ticket = own_ticket_or_404(request, number)
    if ticket.merged_into_id is None:
        return ticket
    return shown_ticket(request.user, ticket.merged_into_id) or ticket


def own_ticket_or_404(request, number):
    """As `ticket_or_404`, a merged ticket itself: for what is recorded of that."""
    return shown_ticket(request.user, number) or _not_found()


def _not_found():
    raise Http404


def posted_ticket_or_404(request, number):
    """The ticket that a form was sent to, by the same rule: its row alone, which the service reads
    again under lock. A page of it needs all that `ticket_or_404` reads."""
    return get_object_or_404(Ticket.objects.visible_to(request.user), pk=number)


def to_latest(url):
    """Back to the page of a ticket after something was done: at its newest message, as `#latest`
    is placed by the conversation."""
    return redirect(f"{url}#latest")


def back_with_sentence(view):
    """A refusal of the domain becomes a sentence on the page that the button stood on."""

    @wraps(view)
    def guarded(request, number, *args, **kwargs):
        try:
            return view(request, number, *args, **kwargs)
        except TicketError as refused:
            messages.error(request, refused.sentence)
            ticket = ticket_or_404(request, number)
            to_queue = request.user.is_agent
            return redirect(ticket.get_queue_url() if to_queue else ticket.get_absolute_url())

    return guarded

"""The agent's queue and the pages that only show."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tickets.access import staff_only, ticket_or_404
from tickets.models import Ticket
from tickets.queue_filters import QueueFilter
from tickets.queue_list import queue_page
from tickets.queue_ticket import ticket_page


@require_safe
@staff_only
def queue_list(request):
    """The queue and the lists beside it; who searches for a whole number is led to the ticket."""
    wanted = QueueFilter.read(request.GET)
    named = Ticket.objects.visible_to(request.user).numbered(wanted.named_number)
    if named is not None:
        return redirect(named.get_queue_url())
    context = queue_page(wanted, request.user, request.GET, now=timezone.now())
    return render(request, "queue/list.html", context)


@require_safe
@staff_only
def detail(request, number):
    """The conversation with its notes, the clocks, and what may be done now."""
    ticket = ticket_or_404(request, number)
    return render(request, "queue/detail.html", ticket_page(ticket, request.user))


@staff_only
def new(request, number=None):
    return HttpResponse("")

"""Behind every due time: how it is counted, for customers and for agents."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tickets.web.guards import customers_only, own_ticket_or_404, staff_only
from ui.keys import key_in

from .page import due_page


@require_safe
@customers_only
def for_customer(request, number):
    """The sum behind each due, with nothing internal."""
    return _page(request, number, "tickets/due.html", staff=False)


@require_safe
@staff_only
def for_agent(request, number):
    """The same, and what only staff may know."""
    return _page(request, number, "queue/due.html", staff=True)


def _page(request, number, template, *, staff):
    ticket = own_ticket_or_404(request, number)
    before = key_in(request.GET.get("before", ""))
    context = due_page(ticket, staff=staff, now=timezone.now(), before=before)
    return render(request, template, context)

"""Pages of what became of notifications, and sending one again; for staff."""

from allauth.core import ratelimit
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organizations import services as people
from tickets.errors import TicketError
from tickets.web.guards import own_ticket_or_404, staff_only, supervisors_only
from ui.keys import key_in

from . import deliveries, services
from .models import AccountMail, Notification


@require_safe
@staff_only
def ticket_deliveries(request, number):
    """Who was notified of a ticket by what, when, and what became of it."""
    ticket = own_ticket_or_404(request, number)
    recipients = deliveries.of_ticket(ticket)
    context = {
        "ticket": ticket,
        "recipients": recipients,
        "marked": deliveries.to_marked(recipients),
        "is_cut": sum(len(each.deliveries) for each in recipients) >= deliveries.MOST_OF_A_TICKET,
        "most": deliveries.MOST_OF_A_TICKET,
    }
    return render(request, "queue/deliveries.html", context)


@require_POST
@staff_only
def send_again(request, number, pk):
    """Try a failed notification again."""
    ticket = own_ticket_or_404(request, number)
    if not ratelimit.consume(request, action="send_again"):
        return render(request, "429.html", status=429)
    try:
        services.send_again(ticket, pk, actor=request.user, now=timezone.now())
    except TicketError as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("The notification is being sent again."))
    return redirect("ticket_deliveries", number=ticket.number)


@require_POST
@staff_only
def clear_address(request, number, pk):
    """Let e-mails go again to the address of the person that a notification of a ticket was for."""
    ticket = own_ticket_or_404(request, number)
    rows = Notification.objects.of_ticket(ticket).select_related("recipient")
    person = get_object_or_404(rows, pk=pk).recipient
    people.clear_undeliverable(person, actor=request.user, now=timezone.now())
    sentence = _("E-mails are sent to %(address)s again.") % {"address": person.email}
    messages.success(request, sentence)
    return redirect("ticket_deliveries", number=ticket.number)


@require_safe
@supervisors_only
def all_deliveries(request):
    """What has failed, what waits, and for how long."""
    before = key_in(request.GET.get("before", ""))
    rows, following = deliveries.failures(before)
    context = {
        "recipients": rows,
        "notifications": deliveries.backlog_of(Notification),
        "account_mails": deliveries.backlog_of(AccountMail),
        "is_first": before is None,
        "following": following,
    }
    return render(request, "reports/deliveries.html", context)

"""The next ticket: taken with one press, or opened after an answer."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from organizations import services as people
from tickets import services
from tickets.errors import TicketError
from tickets.lists.filters import Reader
from tickets.models import Ticket
from tickets.web.guards import staff_only, to_latest
from ui.forms import FormKeyField

from . import walk
from .query import QueueQuery

# The field of the answer: with it, typing goes on at once.
AT_ANSWER = "#id_body"


class TakeNextForm(forms.Form):
    """The key of one press, and the list to take from; without one, of all tickets."""

    form_key = FormKeyField()
    list = forms.CharField(required=False, strip=False)


@require_POST
@staff_only
def take_next(request):
    """Accept the most urgent ticket that waits for the agent or for nobody, and open it."""
    form = TakeNextForm(request.POST)
    form.is_valid()
    tickets, wanted = Ticket.objects.visible_to(request.user), QueueQuery()
    if "list" in request.POST:
        wanted = QueueQuery.from_address(form.cleaned_data.get("list", ""))
        tickets = wanted.apply(tickets, Reader(request.user, timezone.now()))
    ticket = _take(request, tickets, form.cleaned_data.get("form_key"))
    return to_latest(ticket.get_queue_url()) if ticket else redirect(walk.list_url(wanted))


def go_on(request, ticket, form):
    """After an answer to the next ticket: of the list that the agent came from, else the most
    urgent that waits. The answer is confirmed there."""
    sentence = _("Your reply to %(number)s has been sent.") % {"number": ticket.number}
    messages.success(request, sentence, extra_tags=form.sent_tag)
    if walk.PARAMETER not in request.GET:
        tickets = Ticket.objects.visible_to(request.user)
        taken = _take(request, tickets, form.cleaned_data["form_key"])
        return redirect(f"{taken.get_queue_url()}{AT_ANSWER}" if taken else "queue:list")
    # After the place that it had: an answer moves a ticket, or takes it out of the list.
    if following := walk.next_in_list(ticket, request.user, request.GET, now=timezone.now()):
        return redirect(f"{following}{AT_ANSWER}")
    messages.info(request, _("That was the last ticket of the list."))
    return redirect(walk.list_url(QueueQuery.from_address(request.GET[walk.PARAMETER])))


def remember(user, form):
    """Keep for the next answers whether the agent goes on after one."""
    goes_on = form.cleaned_data["go_on"]
    if user.goes_on_after_reply != goes_on:
        people.change_going_on(user, goes_on)


def _take(request, tickets, form_key):
    try:
        ticket = services.take_next(tickets, actor=request.user, form_key=form_key)
    except TicketError as refused:
        messages.error(request, refused.sentence)
        return None
    if ticket is None:
        messages.info(request, _("No ticket is waiting to be accepted."))
    else:
        sentence = _("%(number)s is now assigned to you.") % {"number": ticket.number}
        messages.success(request, sentence)
    return ticket

"""Canned replies in the composer of a ticket: what is offered, and one inserted without script."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from tickets.lists.filters import LONGEST_TEXT
from tickets.models import CannedReply
from tickets.web.guards import staff_only, ticket_or_404
from tickets.workspace.forms import AgentReplyForm
from tickets.workspace.ticket import reply_options, ticket_page
from ui.keys import key_in

from .filling import Filling, offers_for


@require_safe
@staff_only
def offers(request, number):
    """The options of the composer's list: what fits the ticket and the text `q`."""
    ticket = ticket_or_404(request, number)
    found = _offers(request.GET.get("q", ""), ticket, request.user)
    return render(request, "queue/partials/_offers.html", {"offers": found, "ticket": ticket})


@require_POST
@staff_only
def macro(request, number):
    """Without script: the page again, with all that was typed. `insert` adds a canned reply to it,
    `remove` takes a further change away; else the canned replies are listed to choose from."""
    ticket = ticket_or_404(request, number)
    form = AgentReplyForm(request.POST, request.FILES, user=request.user)
    form.keep_unsent()
    now = timezone.now()
    context, first = {"warnings": ()}, ""
    if "remove" in request.POST:
        form.drop_further(request.POST["remove"])
    elif reply := _chosen(request):
        offer = Filling(ticket, request.user, now=now).offer(reply)
        form.insert(offer, ticket)
        context["warnings"], first = offer.warnings, reply.then
    else:
        context["find"] = request.POST.get("find", "")
        context["offers"] = _offers(context["find"], ticket, request.user)
    page = ticket_page(ticket, request.user, request.GET, reply_form=form)
    page["reply_options"] = reply_options(ticket, now, first=first)
    return render(request, "queue/detail.html", page | context)


def _chosen(request):
    key = key_in(request.POST.get("insert", ""))
    if key is None:
        return None
    return CannedReply.objects.usable_by(request.user).select_related("assignee").keyed(key)


def _offers(text, ticket, agent):
    text = text.replace("\0", "")[:LONGEST_TEXT]
    return offers_for(ticket, agent, text=text, now=timezone.now())

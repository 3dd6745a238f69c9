"""What pages ask for while somebody writes: tickets alike, and how a message will look."""

from allauth.core import ratelimit
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from tickets.conversation.composer import PreviewForm
from tickets.filing.forms import TitleForm
from tickets.models import Ticket
from tickets.search.similar import tickets_alike
from tickets.web.guards import signed_in


@require_POST
@signed_in
def similar(request):
    """Open tickets with a title like the typed one, of the organization it would be filed for."""
    form = TitleForm(request.POST)
    organization = form.organization_for(request.user)
    if organization is None:
        return HttpResponse(status=204)
    if not ratelimit.consume(request, action="similar"):
        return HttpResponse(status=429)
    tickets = Ticket.objects.visible_to(request.user).of_organization(organization)
    found = tickets_alike(tickets.open(), form.cleaned_data["title"])
    if not found:
        return HttpResponse(status=204)
    context = {"first": found[0], "more": found[1:], "is_staff": request.user.is_agent}
    return render(request, "tickets/partials/_alike.html", context)


@require_POST
@signed_in
def preview(request):
    """The typed text exactly as the page of a ticket will show it."""
    form = PreviewForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    return render(request, "components/_text.html", {"body": form.cleaned_data["body"]})

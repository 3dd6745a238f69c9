"""The page that splits a message off into a ticket of its own."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tickets import services
from tickets.errors import TicketError
from tickets.models import Message
from tickets.web.guards import staff_only, ticket_or_404
from ui.keys import key_in

from .forms import SplitForm


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def split(request, number):
    """Ask for the title of the new ticket (GET), then open it. Refused, the title stays typed."""
    ticket = ticket_or_404(request, number)
    if request.method != "POST":
        key = key_in(request.GET.get("message", ""))
        initial = {"message": key, "title": ticket.title, "version": ticket.version}
        return _page(request, ticket, SplitForm(initial=initial))
    form = SplitForm(request.POST)
    if not form.is_valid():
        return _page(request, ticket, form, status=422)
    try:
        new = services.split_message(
            ticket,
            actor=request.user,
            message=form.cleaned_data["message"],
            title=form.cleaned_data["title"],
            seen_version=form.seen_version,
        )
    except TicketError as refused:
        ticket = ticket_or_404(request, number)
        form.rebase_on(ticket)
        form.add_error("title" if refused.code == "empty" else None, refused.sentence)
        return _page(request, ticket, form, status=409)
    messages.success(
        request, _("The message has opened the ticket %(number)s.") % {"number": new.number}
    )
    return redirect(new.get_queue_url())


def _page(request, ticket, form, *, status=200):
    key = key_in(str(form["message"].value() or ""))
    message = key and Message.objects.of_ticket(ticket).filter(pk=key).first()
    context = {"ticket": ticket, "form": form, "message": message}
    return render(request, "queue/split.html", context, status=status)

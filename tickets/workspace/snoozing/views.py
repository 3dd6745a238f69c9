"""The page on which an agent puts a ticket away, which the ticket's page shows as a menu too."""

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tickets import services
from tickets.errors import TicketError
from tickets.snoozes import is_overdue
from tickets.web.guards import posted_ticket_or_404, staff_only, ticket_or_404
from tickets.web.live import layout_for
from tickets.workspace import walk
from tickets.workspace.actions import done, refused_on_page

from .forms import SnoozeForm, early_return, presets


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def snooze(request, number):
    """Put a ticket away until a time or the next message, or (`wake`) take it out again."""
    if request.method != "POST":
        return _page(request, ticket_or_404(request, number))
    if "wake" in request.POST:
        return _wake(request, number)
    ticket = posted_ticket_or_404(request, number)
    form = SnoozeForm(request.POST, auto_id="snooze-%s")
    if not form.is_valid():
        return _page(request, ticket_or_404(request, number), form=form, status=422)
    try:
        ticket = services.snooze(
            ticket,
            actor=request.user,
            until=form.cleaned_data["until"],
            seen_version=form.seen_version,
        )
    except TicketError as refused:
        form.add_error("when", refused.sentence)
        ticket = ticket_or_404(request, number)
        form.rebase_on(ticket)
        status = 422 if refused.code == "when" else 409
        return _page(request, ticket, form=form, status=status)
    if ticket.snoozed_for_message:
        return done(request, ticket, _("%(number)s is snoozed until the next message."))
    return done(request, ticket, _("%(number)s is snoozed."))


@refused_on_page
def _wake(request, number):
    ticket = posted_ticket_or_404(request, number)
    services.wake(ticket, actor=request.user)
    return done(request, ticket, _("%(number)s is back in the queue."))


def _page(request, ticket, *, form=None, status=200):
    now = timezone.now()
    context = {
        "ticket": ticket,
        "layout": layout_for(request, "layouts/base_queue.html"),
        "in_list": walk.suffix(request.GET),
        "form": form or SnoozeForm(initial={"version": ticket.version}, auto_id="snooze-%s"),
        "is_possible": ticket.is_ours and not is_overdue(ticket, now),
        "presets": presets(request.user, now),
        "early_return": early_return(ticket),
    }
    return render(request, "queue/snooze.html", context, status=status)

"""The tags of one ticket: the page on which an agent chooses them."""

from django.contrib import messages
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tickets import services
from tickets.errors import TicketError
from tickets.querysets.tags import tags_in
from tickets.web.guards import posted_ticket_or_404, staff_only, ticket_or_404, to_latest
from tickets.workspace import walk
from ui.keys import key_in

from .boxes import boxes_for, tags_of_keys
from .forms import TicketTagsForm


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def ticket_tags(request, number):
    """Choose the tags of a ticket."""
    if request.method != "POST":
        return _page(request, ticket_or_404(request, number))
    ticket = posted_ticket_or_404(request, number)
    form = TicketTagsForm(request.POST)
    if not form.is_valid():
        return _page(request, ticket_or_404(request, number), form=form, status=422)
    try:
        services.change_tags(ticket, actor=request.user, **form.changes())
    except TicketError as refused:
        form.add_error("tags", refused.sentence)
        return _page(request, ticket_or_404(request, number), form=form, status=409)
    messages.success(request, _("The tags have been changed."))
    return to_latest(ticket.get_queue_url() + walk.suffix(request.GET))


def _page(request, ticket, *, form=None, status=200):
    shown = [tag.pk for tag in tags_in(ticket.tags_text)]
    # A tag that was merged a moment ago is chosen as what it went into.
    present = [key for key, _name in tags_of_keys(shown)] if shown else []
    chosen = {key_in(key) for key in form["tags"].value() or ()} if form else set(present)
    context = {
        "ticket": ticket,
        "in_list": walk.suffix(request.GET),
        "errors": form.errors.get("tags", ()) if form else (),
        "boxes": boxes_for({*chosen, *present}),
        "chosen": chosen,
        "seen": present,
    }
    return render(request, "queue/tags.html", context, status=status)

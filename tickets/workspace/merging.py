"""What an agent does with two tickets: linking and merging them, and the undo of either."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tickets import services
from tickets.errors import ShowsToOthers, TicketError
from tickets.models import Ticket
from tickets.web.guards import posted_ticket_or_404, staff_only
from ui.keys import key_in

from .actions import change, done, refused_on_page
from .forms import LinkForm, MergeForm


@require_POST
@staff_only
def link(request, number):
    """Say what another ticket is to this one, or (`remove`, its id) end that."""
    if "remove" in request.POST:
        return _unlink(request, number)
    form = LinkForm(request.POST, auto_id="link-%s")

    def add(ticket):
        relation = form.cleaned_data["relation"]
        other = _named_ticket(request, form)
        services.link_tickets(ticket, actor=request.user, other=other, relation=relation)

    return change(request, number, "link_form", form, add, _("The ticket has been linked."))


@refused_on_page
def _unlink(request, number):
    ticket = posted_ticket_or_404(request, number)
    if other := _other_ticket(request, "remove"):
        services.unlink_tickets(ticket, actor=request.user, other=other)
    return done(request, ticket, _("The link has been removed."))


@require_POST
@staff_only
def merge(request, number):
    """Merge the ticket into another one, or (`undo`, its id) separate one that was merged here."""
    if "undo" in request.POST:
        return _separate(request, number)
    form = MergeForm(request.POST, auto_id="merge-%s")

    def join(ticket):
        other = _named_ticket(request, form)
        agreed = {"shown_to": form.agreed(), "seen_version": form.seen_version}
        try:
            return services.merge_tickets(ticket, actor=request.user, into=other, **agreed)
        except ShowsToOthers as refused:
            form.ask_to_agree(refused.people)
            raise

    sentence = _("The ticket has been merged into %(number)s. Within an hour you can undo this.")
    return change(request, number, "merge_form", form, join, sentence)


@refused_on_page
def _separate(request, number):
    ticket = posted_ticket_or_404(request, number)
    if other := _other_ticket(request, "undo"):
        ticket = services.undo_merge(other, actor=request.user)
    return done(request, ticket, _("%(number)s is a ticket of its own again."))


def _named_ticket(request, form):
    """The ticket whose number was typed. Raises TicketError."""
    other = Ticket.objects.visible_to(request.user).numbered(form.cleaned_data["number"])
    if other is None:
        raise TicketError(_("There is no ticket with this number."), code="number")
    return other


def _other_ticket(request, name):
    """The ticket whose id a button sent, or None."""
    return Ticket.objects.visible_to(request.user).numbered(key_in(request.POST[name]))

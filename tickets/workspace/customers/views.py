"""The card of a customer, notes on them, and following a ticket: what an agent knows around it."""

from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations.models import Organization, User
from tickets import services
from tickets.errors import TicketError
from tickets.models import CustomerNote, CustomerNoteChange, Ticket
from tickets.search.ticket_numbers import typed_number
from tickets.web.guards import staff_only, ticket_or_404
from tickets.web.live import layout_for
from tickets.workspace import walk
from tickets.workspace.actions import done, refused_on_page
from ui.keys import key_in

from .card import card_of
from .forms import CustomerNoteForm

LAYOUT = "layouts/base_queue.html"
# So many lines of a note's history are on one page.
LINES = 20


@require_safe
@staff_only
def card(request, number):
    """Who the customer is and how it went lately; the ticket's page shows it in place of a link."""
    ticket = ticket_or_404(request, number)
    context = {
        "ticket": ticket,
        "layout": layout_for(request, LAYOUT),
        "in_list": walk.suffix(request.GET),
        **card_of(ticket, get_language(), timezone.now()),
    }
    return render(request, "queue/customer.html", context)


@require_POST
@staff_only
@refused_on_page
def follow(request, number):
    """Follow a ticket, or (`stop`) follow it no more."""
    ticket = ticket_or_404(request, number)
    if "stop" in request.POST:
        services.unfollow(ticket, actor=request.user)
        return done(request, ticket, _("You no longer follow %(number)s."))
    services.follow(ticket, actor=request.user)
    return done(request, ticket, _("You follow %(number)s."))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def organization_note(request, key):
    """The note on an organization, with its history."""
    organization = Organization.objects.keyed(key)
    if organization is None:
        raise Http404
    return _note(request, organization, partial(_notes().on_organization, organization))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def person_note(request, pk):
    """The note on a person who is no staff, with its history."""
    person = get_object_or_404(User.objects.customers(), pk=pk)
    return _note(request, person, partial(_notes().on_person, person))


def _notes():
    return CustomerNote.objects.all()


def _note(request, subject, read):
    """The page of a note that `read` gives, and its form."""
    note = read()
    if request.method != "POST":
        return _page(request, subject, note)
    form = CustomerNoteForm(request.POST)
    if not form.is_valid():
        return _page(request, subject, note, form=form, status=422)
    try:
        services.write_customer_note(
            subject,
            actor=request.user,
            body=form.cleaned_data["body"],
            seen_version=form.cleaned_data["version"],
        )
    except TicketError as refused:
        note = read()
        form.add_error("body" if refused.code == "body" else None, refused.sentence)
        form.rebase_on(note)
        return _page(request, subject, note, form=form, status=409)
    messages.success(request, _("The note has been saved."))
    ticket = _ticket_of(request)
    return redirect(ticket.get_queue_url() if ticket else request.get_full_path())


def _ticket_of(request):
    """The ticket from whose page the agent came, or None."""
    number = typed_number(request.GET.get("ticket", ""))
    return Ticket.objects.visible_to(request.user).numbered(number)


def _page(request, subject, note, *, form=None, status=200):
    initial = {"body": note.body if note else "", "version": note.version if note else 0}
    before = key_in(request.GET.get("before", ""))
    lines = list(CustomerNoteChange.objects.of_note(note, before)[: LINES + 1]) if note else []
    is_organization = isinstance(subject, Organization)
    filtered = f"organization={subject.key}" if is_organization else f"requester={subject.pk}"
    context = {
        "subject": subject,
        "name": str(subject.name if is_organization else subject),
        "is_organization": is_organization,
        "ticket": _ticket_of(request),
        "note": note,
        "form": form or CustomerNoteForm(initial=initial),
        "lines": lines[:LINES],
        "older": lines[LINES - 1].pk if len(lines) > LINES else None,
        "list_url": f"{reverse('queue:list')}?{filtered}",
    }
    return render(request, "queue/customer_note.html", context, status=status)

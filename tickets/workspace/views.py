"""The agent's queue and the pages that only show."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from organizations.models import Organization
from plans.promises import current_promise
from tickets import services
from tickets.conversation.composer import files_hint
from tickets.conversation.links import merged_sentence
from tickets.errors import TicketError
from tickets.filing.promise_rows import priority_rows
from tickets.freshness import queue_mark, staff_mark_of, state_of_tickets
from tickets.lists.filters import LONGEST_TEXT
from tickets.models import Ticket
from tickets.web.guards import staff_only, ticket_or_404
from tickets.web.live import has_rows, layout_for

from . import walk
from .customers.card import note_on
from .forms import OpenForMemberForm
from .list import queue_page
from .organizations import organizations_named
from .palette import found
from .saved.kept import kept_of
from .ticket import ticket_page

LAYOUT = "layouts/base_queue.html"


@require_safe
@staff_only
def queue_list(request):
    """The queue and the lists beside it; who searches for a whole number is led to the ticket.

    Nothing (204) for an open page that asks for its rows and has them.
    """
    kept = kept_of(request.user, request.GET)
    wanted = kept.wanted
    named = Ticket.objects.visible_to(request.user).numbered(wanted.named_number)
    if named is not None:
        return redirect(named.get_queue_url())
    now = timezone.now()
    # Before the rows are read: what changes meanwhile is news.
    state = state_of_tickets()
    context = queue_page(kept, request.user, request.GET, state, now=now)
    if has_rows(request, context["rows_mark"]):
        return HttpResponse(status=204)
    live_mark = queue_mark(request.user, now, state)
    context |= {"live_mark": live_mark, "layout": layout_for(request, LAYOUT)}
    context["form_key"] = uuid.uuid4()
    return render(request, "queue/list.html", context)


@require_safe
@staff_only
def palette(request):
    """What the command palette finds by the text `q`."""
    context = {"groups": found(request.GET.get("q", "")[:LONGEST_TEXT], request.user)}
    return render(request, "queue/palette.html", context)


@require_safe
@staff_only
def detail(request, number):
    """The conversation with its notes, the clocks, and what may be done now."""
    ticket = ticket_or_404(request, number)
    if ticket.pk != number:
        messages.info(request, merged_sentence(number))
        return redirect(ticket.get_queue_url() + walk.suffix(request.GET))
    page = render(request, "queue/detail.html", ticket_page(ticket, request.user, request.GET))
    if ticket.returned_at and request.method == "GET":
        services.see_returned(ticket, actor=request.user)
    return page


@require_safe
@staff_only
def news(request, number):
    """The parts of an open page that may have changed; nothing (204) while all is as seen."""
    version = Ticket.objects.visible_to(request.user).version_of(number)
    if version is None:
        raise Http404
    if request.GET.get("seen") == str(version):
        return HttpResponse(status=204)
    ticket = ticket_or_404(request, number)
    if ticket.pk != number and request.GET.get("seen") == staff_mark_of(ticket):
        return HttpResponse(status=204)
    return render(
        request, "queue/partials/_news.html", ticket_page(ticket, request.user, request.GET)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def new(request):
    """Open a ticket for a member: first the organization is chosen, then the form is filled in."""
    organization = Organization.objects.keyed(request.GET.get("organization", ""))
    if organization is None or organization.is_suspended:
        return _choose_organization(request, organization)
    if request.method == "POST":
        return _file(request, organization)
    form = OpenForMemberForm(user=request.user, organization=organization)
    return _new_page(request, organization, form)


def _file(request, organization):
    """File what the form holds; refused, all of it is shown again."""
    form = OpenForMemberForm(
        request.POST, request.FILES, user=request.user, organization=organization
    )
    if not form.is_valid():
        return _new_page(request, organization, form, status=422)
    try:
        ticket = _open(request, organization, form)
    except TicketError as refused:
        form.refuse(refused)
        return _new_page(request, organization, form, status=409)
    form.drop_unsent()
    sentence = _("Ticket %(number)s has been created for %(name)s.")
    names = {"number": ticket.number, "name": ticket.requester}
    messages.success(request, sentence % names, extra_tags=form.sent_tag)
    return redirect(ticket.get_queue_url())


def _open(request, organization, form):
    return services.open_ticket(
        requester=form.cleaned_data["requester"],
        opened_by=request.user,
        organization=organization,
        draft=form.draft(),
        form_key=form.cleaned_data["form_key"],
    )


def _choose_organization(request, suspended):
    """Which organization it is for; what was typed for a suspended one is kept for copying."""
    sought = request.GET.get("find", "")
    context = {
        "sought": sought,
        "organizations": organizations_named(sought, Organization.objects.writing()),
        "suspended": suspended,
        "typed": [request.POST[name] for name in ("title", "description") if name in request.POST],
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "queue/choose_organization.html", context, status=status)


def _new_page(request, organization, form, *, status=200):
    promise = current_promise(organization.plan)
    chosen = form["priority"].value()
    rows = priority_rows(promise, chosen=chosen, now=timezone.now(), for_staff=True)
    context = {
        "organization": organization,
        "note": note_on(organization),
        "form": form,
        "rows": rows,
        "chosen": next((row for row in rows if row.checked), None),
        "files_hint": files_hint(),
    }
    return render(request, "queue/new.html", context, status=status)

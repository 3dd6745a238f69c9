"""The page on which a supervisor hands on all tickets of an absent agent, after a look at them."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from organizations.models import User
from tickets import services
from tickets.errors import TicketError
from tickets.models import Ticket, TicketJob
from tickets.web.guards import staff_only
from ui.wording import number

from .forms import ReassignForm

# So many of the tickets are named; of the others their number is.
NAMED = 20


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def reassign(request, pk):
    """What would be handed on, and to whom; more than a few follow in the worker."""
    person = get_object_or_404(User.objects.agents(), pk=pk)
    if not request.user.is_supervisor:
        raise Http404
    if request.method != "POST":
        return _page(request, person, ReassignForm(person=person))
    form = ReassignForm(request.POST, person=person)
    if not form.is_valid():
        return _page(request, person, form, status=422)
    try:
        return _hand_on(request, person, form)
    except TicketError as refused:
        form.add_error(refused.code if refused.code in form.fields else None, refused.sentence)
        form.rebase_on(person)
        return _page(request, person, form, status=409)


def _hand_on(request, person, form):
    to, seen = form.cleaned_data["to"], form.cleaned_data["seen"]
    count = Ticket.objects.visible_to(request.user).open().assigned_to(person).count()
    job = services.reassign_all(person, actor=request.user, to=to, seen=seen or None)
    if job is None and not count:
        messages.info(request, _("This agent has no open tickets."))
        return redirect("teams:list")
    if job is None:
        sentence = ngettext(
            "%(count)s ticket has been handed over.",
            "%(count)s tickets have been handed over.",
            count,
        )
        messages.success(request, sentence % {"count": number(count)})
        return redirect("teams:list")
    messages.success(request, _("The tickets are being handed over; this page shows the progress."))
    return redirect("teams:reassign", pk=person.pk)


def _page(request, person, form, *, status=200):
    held = Ticket.objects.visible_to(request.user).open().assigned_to(person)
    context = {
        "agent": person,
        "form": form,
        "count": held.count(),
        "tickets": held.titled()
        .select_related("team")
        .only("title", "status", "team__name")[:NAMED],
        "job": TicketJob.objects.reassigning(person).first(),
    }
    return render(request, "teams/reassign.html", context, status=status)

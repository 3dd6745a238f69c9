"""Incoming e-mail that was held back: the supervisors' list, and what staff decide about each."""

from functools import wraps

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tickets.errors import TicketError
from tickets.models import Ticket
from tickets.search.ticket_numbers import typed_number
from tickets.web.guards import staff_only, supervisors_only, to_latest
from ui.keys import key_in

from . import services
from .models import ReceivedMail

PAGE_SIZE = 50
State = ReceivedMail.State


@require_safe
@supervisors_only
def mails(request):
    """What waits for a decision, or all that came; the newest first."""
    shows_all = request.GET.get("show") == "all"
    found = ReceivedMail.objects.listed()
    found = found if shows_all else found.to_decide()
    older_than = key_in(request.GET.get("before", ""))
    if older_than is not None:
        found = found.older_than(older_than)
    rows = list(found[: PAGE_SIZE + 1])
    more = rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None
    context = {
        "rows": rows[:PAGE_SIZE],
        "shows_all": shows_all,
        "next_query": f"{'show=all&' if shows_all else ''}before={more}" if more else None,
    }
    return render(request, "intake/list.html", context)


@require_safe
@supervisors_only
def mail(request, pk):
    """One mail as text, and what may be decided about it."""
    row = get_object_or_404(ReceivedMail.objects.select_related("person", "ticket"), pk=pk)
    context = {"row": row, "mail": services.mail_of(row)}
    return render(request, "intake/mail.html", context)


@require_safe
@supervisors_only
def original(request, pk):
    """The mail as it came, as a file that no browser opens."""
    row = get_object_or_404(ReceivedMail, pk=pk, original_deleted_at=None)
    response = HttpResponse(bytes(row.content), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="mail-{row.pk}.eml"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _decides(state):
    """A view that decides about a mail, which is in `state` then: a refusal becomes a sentence on
    the page that the button was on, and whoever decided the same just before is no refusal."""

    def is_decided(person, row):
        return row.settled_by_id == person.pk and row.state == state

    def decorate(view):
        @wraps(view)
        def guarded(request, pk):
            rows = ReceivedMail.objects.listed()
            rows = rows.decided_by(request.user) | rows.settled_by(request.user)
            row = get_object_or_404(rows, pk=pk)
            if is_decided(request.user, row):
                return _back(request, row)
            try:
                return view(request, row)
            except TicketError as refused:
                row = rows.in_bulk([pk]).get(pk, row)
                if not is_decided(request.user, row):
                    messages.error(request, refused.sentence)
                return _back(request, row)

        return guarded

    return decorate


@require_POST
@staff_only
@_decides(State.POSTED)
def accept(request, row):
    """Let a held mail be the message of the person whose address it came to."""
    row = services.accept(row, actor=request.user, now=timezone.now())
    return to_latest(row.ticket.get_queue_url())


@require_POST
@supervisors_only
@_decides(State.POSTED)
def release(request, row):
    """Take a mail out of quarantine; one of nobody goes to the ticket whose number was entered."""
    number = typed_number(request.POST.get("ticket", ""))
    ticket = Ticket.objects.visible_to(request.user).numbered(number)
    if number is not None and ticket is None:
        raise TicketError(_("There is no ticket with this number."), code="no_ticket")
    row = services.release(row, actor=request.user, ticket=ticket, now=timezone.now())
    sentence = _("The e-mail is now a message on %(number)s.") % {"number": row.ticket.number}
    messages.success(request, sentence)
    return redirect("intake:list")


@require_POST
@staff_only
@_decides(State.DISCARDED)
def discard(request, row):
    """Decide that a mail becomes nothing."""
    services.discard(row, actor=request.user, now=timezone.now())
    messages.success(request, _("The e-mail was discarded; its original is kept."))
    return _back(request, row)


def _back(request, row):
    if row.ticket and (not request.user.is_supervisor or row.state == State.HELD):
        return redirect(row.ticket.get_queue_url())
    return redirect("intake:list")

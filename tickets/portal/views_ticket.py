"""The customer's page of one ticket and what they do on it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tickets import permissions, services
from tickets.choices import Intent, Status
from tickets.clocks.promising import promise_now
from tickets.conversation.composer import files_hint
from tickets.conversation.drafts import restore_drafts
from tickets.conversation.entries import conversation
from tickets.conversation.links import linked_tickets, merged_sentence
from tickets.conversation.watchers import (
    WatchForm,
    notified_from_now_on,
    posted_person,
    watchers_panel,
)
from tickets.errors import TicketError
from tickets.filing.promise_rows import priority_rows
from tickets.freshness import mark, mark_of
from tickets.models import Ticket
from tickets.portal.forms import CustomerReplyForm, RaiseForm
from tickets.reopening import is_closed_for_long
from tickets.web.guards import (
    back_with_sentence,
    customers_only,
    posted_ticket_or_404,
    ticket_or_404,
    to_latest,
)

from .query import way_back
from .rating import RatingForm, rating_panel
from .standing import standing


@require_safe
@customers_only
def detail(request, number):
    """The conversation, the files and the standing of the ticket."""
    ticket = ticket_or_404(request, number)
    if ticket.pk != number:
        messages.info(request, merged_sentence(number))
        return redirect(ticket)
    return _page(request, ticket)


@require_safe
@customers_only
def news(request, number):
    """The parts of an open page that may have changed; nothing (204) while all is as it was seen.

    The latter costs one look at the ticket's row. Only public facts make a difference.
    """
    now = timezone.now()
    facts = Ticket.objects.visible_to(request.user).public_state(number)
    if facts is None:
        raise Http404
    if request.GET.get("seen") == mark(facts, now):
        return HttpResponse(status=204)
    ticket = ticket_or_404(request, number)
    if ticket.pk != number and request.GET.get("seen") == mark_of(ticket, now):
        return HttpResponse(status=204)
    context = _context(request, ticket)
    return render(request, "tickets/partials/_news.html", context)


@require_POST
@customers_only
def reply(request, number):
    """A message; on a closed ticket with whether it reopens, or opens a follow-up. Whatever is
    refused stays typed."""
    ticket = posted_ticket_or_404(request, number)
    form = _reply_form(request, ticket)
    if not form.is_valid():
        return _page(request, ticket_or_404(request, number), reply_form=form, status=422)
    intent = form.cleaned_data["intent"] or None
    try:
        written_on = _write(ticket, request.user, form.content(), intent)
    except TicketError as refused:
        form.refuse(refused)
        return _page(request, ticket_or_404(request, number), reply_form=form, status=409)
    form.drop_unsent()
    sentence = _sent(ticket, written_on, intent) % {"number": written_on.number}
    messages.success(request, sentence, extra_tags=form.sent_tag)
    return to_latest(written_on.get_absolute_url())


def _write(ticket, member, content, intent):
    """Gives the ticket that the message is on: another one where it opened a follow-up."""
    if intent == Intent.FOLLOW_UP:
        return services.follow_up(ticket, actor=member, content=content)
    return services.reply_as_customer(ticket, actor=member, content=content, intent=intent)


@require_http_methods(["GET", "HEAD", "POST"])
@customers_only
@back_with_sentence
def close(request, number):
    """Asks first (GET), then closes; of one that was merged meanwhile it says so."""
    find = posted_ticket_or_404 if request.method == "POST" else ticket_or_404
    ticket = find(request, number)
    if ticket.pk != number:
        return redirect(ticket)
    came = request.POST or request.GET
    from_list, view = came.get("next") == "list", came.get("view", "")
    back = way_back(view) if from_list else ticket.get_absolute_url()
    if request.method == "POST":
        services.close_by_customer(ticket, actor=request.user)
        messages.success(request, _("%(number)s has been closed.") % {"number": ticket.number})
        return redirect(back) if from_list else to_latest(back)
    if "close_by_customer" not in _moves(ticket, request.user):
        return redirect(ticket)
    context = {"ticket": ticket, "back": back, "from_list": from_list, "view": view}
    return render(request, "tickets/close.html", context)


@require_POST
@customers_only
@back_with_sentence
def reopen(request, number):
    ticket = posted_ticket_or_404(request, number)
    services.reopen(ticket, actor=request.user)
    messages.success(request, _("%(number)s is open again.") % {"number": ticket.number})
    return to_latest(ticket.get_absolute_url())


@require_POST
@customers_only
def priority(request, number):
    """A member raises, with a reason; what is refused stays typed."""
    ticket = posted_ticket_or_404(request, number)
    form = RaiseForm(request.POST)
    if not form.is_valid():
        return _page(request, ticket_or_404(request, number), raise_form=form, status=422)
    try:
        services.change_priority(ticket, actor=request.user, **form.cleaned_data)
    except TicketError as refused:
        field = {"reason": "reason", "lowering": "priority"}.get(refused.code)
        form.add_error(field, refused.sentence)
        return _page(request, ticket_or_404(request, number), raise_form=form, status=409)
    messages.success(request, _("The priority has been raised."))
    return to_latest(ticket.get_absolute_url())


@require_POST
@customers_only
def rate(request, number):
    """Say how it went; what is refused stays as it was filled in."""
    ticket = posted_ticket_or_404(request, number)
    form = RatingForm(request.POST)
    if not form.is_valid():
        return _page(request, ticket_or_404(request, number), rating_form=form, status=422)
    try:
        services.rate(
            ticket,
            actor=request.user,
            verdict=form.verdict(),
            seen_version=form.cleaned_data["seen"],
        )
    except TicketError as refused:
        form.add_error(None, refused.sentence)
        ticket = ticket_or_404(request, number)
        return _page(request, ticket, rating_form=form, status=409)
    messages.success(request, _("Thank you for your feedback."))
    return to_latest(ticket.get_absolute_url())


@require_POST
@customers_only
def watch(request, number):
    """Add colleagues as watchers; refused choices stay chosen."""
    ticket = posted_ticket_or_404(request, number)
    form = WatchForm(request.POST, ticket=ticket)
    if not form.is_valid():
        return _page(request, ticket_or_404(request, number), watch_form=form, status=422)
    try:
        new = services.add_watchers(ticket, actor=request.user, people=form.cleaned_data["person"])
    except TicketError as refused:
        form.add_error("person", refused.sentence)
        return _page(request, ticket_or_404(request, number), watch_form=form, status=409)
    messages.success(request, notified_from_now_on(new))
    return to_latest(ticket.get_absolute_url())


@require_POST
@customers_only
@back_with_sentence
def unwatch(request, number):
    """End that somebody watches; who no longer sees the ticket then is led to the list."""
    ticket = posted_ticket_or_404(request, number)
    services.remove_watcher(ticket, actor=request.user, person=posted_person(request))
    messages.success(request, _("The watchers have been changed."))
    is_seen = Ticket.objects.visible_to(request.user).numbered(ticket.pk)
    return to_latest(ticket.get_absolute_url()) if is_seen else redirect("tickets:list")


def _reply_form(request, ticket):
    """Bound to what was sent; files of somebody who may not write are not looked at."""
    may_write = permissions.may_write_as_customer(ticket, request.user)
    return CustomerReplyForm(request.POST, request.FILES if may_write else None, user=request.user)


def _sent(ticket, written_on, intent):
    """What became of a message, in words."""
    if intent == Intent.FOLLOW_UP:
        return _("Your message has opened the new ticket %(number)s.")
    if written_on.pk != ticket.pk:
        return _("Your message has been sent to %(number)s.")
    if ticket.is_closed and intent == Intent.THANKS:
        return _("Thank you. The ticket stays closed.")
    if ticket.is_closed:
        return _("Your message has been sent and the ticket is open again.")
    return _("Your message has been sent.")


def _moves(ticket, user):
    """The names of the transitions that are open to the person."""
    return {each.name for each in ticket.get_available_user_status_transitions(user)}


def _page(request, ticket, *, status=200, **forms):
    return render(request, "tickets/detail.html", _context(request, ticket, **forms), status=status)


def _context(
    request, ticket, *, reply_form=None, raise_form=None, watch_form=None, rating_form=None
):
    now = timezone.now()
    entries = conversation(ticket, request.user, now=now)
    moves = _moves(ticket, request.user)
    current = standing(ticket, now)
    closed_for_long = is_closed_for_long(ticket, now)
    # The page of a merged ticket is for who does not see the one that messages to it go to.
    is_merged = ticket.merged_into_id is not None
    reply_form = reply_form or CustomerReplyForm(user=request.user)
    restore_drafts(ticket, request.user, reply_form)
    return {
        "now": now,
        "seen": mark_of(ticket, now),
        "ticket": ticket,
        "organization": ticket.organization,
        "entries": entries,
        "files": [file for entry in entries for file in entry.files],
        "standing": current,
        "may_write": not is_merged and permissions.may_write_as_customer(ticket, request.user),
        "may_close": "close_by_customer" in moves,
        "may_reopen": "reopen" in moves and not closed_for_long,
        "closed_for_long": closed_for_long,
        "linked": linked_tickets(ticket, request.user, now),
        "reply_form": reply_form,
        "files_hint": files_hint(),
        "has_several": len(request.user.membership_by_organization) > 1,
        "watchers": watchers_panel(ticket, request.user, watch_form),
        "rating": rating_panel(ticket, request.user, now, rating_form),
        "turn": ticket.status == Status.AWAITING_CUSTOMER,
        **_raising(ticket, request.user, raise_form, now),
    }


def _raising(ticket, user, form, now):
    """The form for a higher priority, where there is one and the person may ask for it."""
    if not permissions.may_change_priority(ticket, user) and form is None:
        return {}
    rows = priority_rows(
        promise_now(ticket.organization.plan_id),
        chosen=form["priority"].value() if form else None,
        now=now,
        above=ticket.priority,
    )
    return {"raise_form": form or RaiseForm(), "raise_rows": rows, "raising": form is not None}

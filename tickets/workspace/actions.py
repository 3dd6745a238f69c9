"""An agent's actions on a ticket. Each view calls one service; a refusal is shown on the page
of the ticket as it is now, with everything typed still in its place."""

from functools import wraps

from django.contrib import messages
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tickets import services
from tickets.conversation.watchers import WatchForm, posted_person
from tickets.errors import TicketError
from tickets.web.guards import posted_ticket_or_404, staff_only, ticket_or_404, to_latest

from . import walk
from .forms import (
    FOLLOW_UP,
    AgentReplyForm,
    AssignForm,
    CategoryForm,
    HoldForm,
    NoteForm,
    PriorityForm,
    TakeOverForm,
    TransferForm,
)
from .teams.choices import assignees_and_targets
from .ticket import ticket_page, with_note_open
from .views_next import go_on, remember

INCOMPLETE, FORBIDDEN, CONFLICT = 422, 403, 409


def refused_on_page(view):
    """A refusal of a button becomes a sentence above the ticket as it is now."""

    @wraps(view)
    def guarded(request, number):
        try:
            return view(request, number)
        except TicketError as refused:
            messages.error(request, refused.sentence)
            return _page(request, ticket_or_404(request, number), status=_status(refused))

    return guarded


@require_POST
@staff_only
@refused_on_page
def accept(request, number):
    """Accept, or take over from the one named by the form; a later one is shown who has it."""
    ticket = posted_ticket_or_404(request, number)
    form = TakeOverForm(request.POST)
    form.is_valid()
    previous = form.cleaned_data.get("take_over_from")
    services.accept(ticket, actor=request.user, take_over_from=previous)
    return done(request, ticket, _("%(number)s is now assigned to you."))


@require_POST
@staff_only
@refused_on_page
def release(request, number):
    ticket = posted_ticket_or_404(request, number)
    services.release(ticket, actor=request.user)
    return done(request, ticket, _("%(number)s is back in the queue."))


@require_POST
@staff_only
@refused_on_page
def resume(request, number):
    ticket = posted_ticket_or_404(request, number)
    services.resume(ticket, actor=request.user)
    return done(request, ticket, _("%(number)s is in progress; it does not close automatically."))


@require_POST
@staff_only
@refused_on_page
def close(request, number):
    """Close as resolved without a word; with something waiting the reply form closes."""
    ticket = posted_ticket_or_404(request, number)
    services.resolve(ticket, actor=request.user)
    return done(request, ticket, _("%(number)s has been closed."))


@require_POST
@staff_only
@refused_on_page
def reopen(request, number):
    ticket = posted_ticket_or_404(request, number)
    services.reopen(ticket, actor=request.user)
    return done(request, ticket, _("%(number)s is open again."))


@require_POST
@staff_only
def reply(request, number):
    """A public reply with what happens after it."""
    form = AgentReplyForm(request.POST, request.FILES, user=request.user)

    def send(ticket):
        reply = {"actor": request.user, "content": form.content()}
        then, reopening = form.cleaned_data["then"], form.cleaned_data["reopening"]
        if then == FOLLOW_UP:
            return services.follow_up(ticket, **reply)
        reply |= {"then": then, "seen": form.seen()}
        if (further := form.further()) and not reopening:
            return services.reply_with_changes(ticket, further=further, **reply)
        return services.reply_as_agent(ticket, reopening=reopening, **reply)

    return _write(request, number, "reply_form", form, send, _("Your reply has been sent."))


@require_POST
@staff_only
def note(request, number):
    """An internal note."""
    form = NoteForm(request.POST, request.FILES, user=request.user, auto_id="note-%s")

    def add(ticket):
        return services.add_note(ticket, actor=request.user, content=form.content())

    return _write(request, number, "note_form", form, add, _("The note has been saved."))


@require_POST
@staff_only
def assign(request, number):
    """Hand the ticket to another agent, or to nobody."""
    form = AssignForm(request.POST, auto_id="assign-%s")

    def give(ticket):
        services.assign(
            ticket,
            actor=request.user,
            to=form.cleaned_data["assignee"],
            seen_version=form.seen_version,
        )

    return change(request, number, "assign_form", form, give, _("The assignee has been changed."))


@require_POST
@staff_only
def transfer(request, number):
    """Hand the ticket to another team or agent, with a note for them."""
    _assignees, targets = assignees_and_targets()
    form = TransferForm(request.POST, auto_id="transfer-%s", choices=targets)

    def hand_on(ticket):
        to = form.target()
        if to is None:
            raise TicketError(_("Choose from the list."), code="to")
        services.transfer(
            ticket, actor=request.user, to=to, note=form.note(), seen_version=form.seen_version
        )

    sentence = _("%(number)s has been transferred.")
    return change(request, number, "transfer_form", form, hand_on, sentence)


@require_POST
@staff_only
def priority(request, number):
    """Raise or lower the priority; lowering needs a reason."""
    form = PriorityForm(request.POST, auto_id="priority-%s")

    def carry_out(ticket):
        services.change_priority(
            ticket,
            actor=request.user,
            priority=form.cleaned_data["priority"],
            reason=form.cleaned_data["reason"],
            seen_version=form.seen_version,
        )

    return change(
        request, number, "priority_form", form, carry_out, _("The priority has been changed.")
    )


@require_POST
@staff_only
def category(request, number):
    """Put the ticket into another category."""
    form = CategoryForm(request.POST, auto_id="category-%s")

    def carry_out(ticket):
        services.change_category(
            ticket,
            actor=request.user,
            category=form.cleaned_data["category"],
            seen_version=form.seen_version,
        )

    return change(
        request, number, "category_form", form, carry_out, _("The category has been changed.")
    )


@require_POST
@staff_only
def watch(request, number):
    """Add colleagues of the requester as watchers."""
    form = WatchForm(request.POST, ticket=posted_ticket_or_404(request, number))

    def add(ticket):
        services.add_watchers(ticket, actor=request.user, people=form.cleaned_data["person"])

    return change(request, number, "watch_form", form, add, _("The watchers have been changed."))


@require_POST
@staff_only
@refused_on_page
def unwatch(request, number):
    ticket = posted_ticket_or_404(request, number)
    services.remove_watcher(ticket, actor=request.user, person=posted_person(request))
    return done(request, ticket, _("The watchers have been changed."))


@require_POST
@staff_only
def hold(request, number):
    """Stop the automatic close with a reason, or (`lift`) let it go on."""
    if "lift" in request.POST:
        return _lift(request, number)
    form = HoldForm(request.POST, auto_id="hold-%s")

    def stop(ticket):
        services.hold_auto_close(ticket, actor=request.user, reason=form.cleaned_data["reason"])

    sentence = _("The ticket does not close automatically.")
    return change(request, number, "hold_form", form, stop, sentence)


@refused_on_page
def _lift(request, number):
    ticket = posted_ticket_or_404(request, number)
    services.lift_hold(ticket, actor=request.user)
    return done(request, ticket, _("%(number)s closes automatically after 48 hours."))


def _write(request, number, name, form, send, sentence):
    """Send what was written; refused, the text and its files stay beside the sentence."""
    ticket = posted_ticket_or_404(request, number)
    if not form.is_valid():
        ticket = ticket_or_404(request, number)
        form.match_button(ticket)
        return _page(request, ticket, status=INCOMPLETE, **{name: form})
    try:
        written_on = send(ticket)
    except TicketError as refused:
        form.refuse(refused)
        ticket = ticket_or_404(request, number)
        form.rebase_on(ticket)
        status = INCOMPLETE if form.field_of(refused) else _status(refused)
        return _page(request, ticket, status=status, **{name: form})
    form.drop_unsent()
    noted = name == "note_form"
    if written_on.pk != ticket.pk:
        sentence = _("Your message has been sent to %(number)s.")
        if noted:
            sentence = _("The note has been saved on %(number)s.")
        if form.data.get("then") == FOLLOW_UP:
            sentence = _("Your message has opened the new ticket %(number)s.")
        return done(request, written_on, sentence, sent=form.sent_tag, noted=noted)
    if "go_on" in form.fields:
        remember(request.user, form)
        if form.cleaned_data["go_on"]:
            return go_on(request, ticket, form)
    return done(request, ticket, sentence, sent=form.sent_tag, noted=noted)


def change(request, number, name, form, carry_out, sentence):
    """Make one change of the details; refused, the form stays open with what was chosen.

    `carry_out` gives the ticket to be shown then, where it is another one.
    """
    ticket = posted_ticket_or_404(request, number)
    if not form.is_valid():
        ticket = ticket_or_404(request, number)
        return _page(request, ticket, status=INCOMPLETE, **{name: form})
    try:
        ticket = carry_out(ticket) or ticket
    except TicketError as refused:
        status = _say(request, form, refused)
        ticket = ticket_or_404(request, number)
        form.rebase_on(ticket)
        return _page(request, ticket, status=status, **{name: form})
    return done(request, ticket, sentence)


def _say(request, form, refused):
    """Put the sentence beside the field that it is about, else above the page."""
    if refused.code in form.fields:
        form.add_error(refused.code, refused.sentence)
        return INCOMPLETE
    messages.error(request, refused.sentence)
    return _status(refused)


def _status(refused):
    return FORBIDDEN if refused.code == "forbidden" else CONFLICT


def done(request, ticket, sentence, *, sent="", noted=False):
    """Confirm what was done; `sent` is the key of the form that was sent, if it had one. After a
    note (`noted`) the page opens at the form of notes: what is typed next is not for the customer.
    """
    messages.success(request, sentence % {"number": ticket.number}, extra_tags=sent)
    url = ticket.get_queue_url() + walk.suffix(request.GET)
    return to_latest(with_note_open(url) if noted else url)


def _page(request, ticket, *, status, **forms):
    context = ticket_page(ticket, request.user, request.GET, **forms)
    return render(request, "queue/detail.html", context, status=status)

"""Splitting a message off into a ticket of its own."""

from django.utils import timezone
from django.utils.translation import gettext as _

from plans.transactions import in_transaction
from tickets import permissions
from tickets.choices import Relation
from tickets.errors import TicketError
from tickets.models import Clock, Event, Message, Team, Ticket

from . import base
from .changing import changing, opening
from .linking import link_rows
from .opening import Draft, check_opening, new_row


@in_transaction
def split_message(ticket, *, actor, message, title, seen_version=None, now=None):
    """Open a ticket of whoever wrote the message (its id), which becomes the description; gives it.

    If the message is still waiting, its clock starts at the message's own time: where nothing else
    waits, that is the clock of the old ticket. Raises TicketError for a note, a message of support
    or of another ticket, and the first one, and as `check_version` does.
    """
    organization = base.lock_organization(ticket.organization_id)
    ticket = base.locked(ticket)
    now = now or timezone.now()
    base.allow(permissions.may_work(ticket, actor) and not organization.is_suspended)
    ticket.organization = organization
    message = Message.objects.select_related("author", "ticket").filter(pk=message).first()
    if message and (split := ticket.events.of_split(actor, message).first()):
        return _split_before(message, split, title)
    _check_message(ticket, message)
    base.check_version(ticket, seen_version)
    draft = Draft(title, message.body, ticket.category, ticket.priority)
    check_opening(message.author, actor, organization, draft)
    new = new_row(message.author, actor, organization, draft, now)
    new.team = _team_for(ticket)
    new.waiting_since = message.created_at if message.is_waiting else None
    base.take_last_public(new, message)
    with changing(ticket, actor=actor, now=now) as leaving:
        rest = ticket.messages.exclude(pk=message.pk)
        _take_out(ticket, message, rest)
        moved = _open(new, message, leaving)
        if moved:
            moved.ticket = new
        leaving.record(Event.Kind.SPLIT_OFF, other=new.pk, moved=message.pk)
    link_rows(new, ticket, Relation.SPLIT_FROM, actor, now)
    return new


def _split_before(message, split, title):
    """The ticket that the same form opened before. Raises TicketError for another title."""
    opened = Ticket.objects.get(pk=split.changes["other"])
    if opened.title != title:
        sentence = _("The message has opened %(number)s already, with the title “%(title)s”.")
        raise TicketError(sentence % {"number": opened.number, "title": opened.title})
    return message.ticket


def _team_for(ticket):
    """The team of the old ticket, for which the message was meant; of one that was deleted, that
    which answers the category now."""
    if ticket.team is None or not ticket.team.ended_at:
        return ticket.team
    return Team.objects.of_category(ticket.category).first()


def _check_message(ticket, message):
    if message is None or message.ticket_id != ticket.pk:
        raise TicketError(_("This message is not in this ticket."), code="message")
    if message.is_note:
        raise TicketError(_("An internal note cannot be split off."), code="message")
    if message.is_from_staff:
        raise TicketError(_("Only a message of the customer can be split off."), code="message")
    if message == ticket.messages.order_by("created_at", "pk").first():
        raise TicketError(_("The first message stays with its ticket."), code="message")


def _take_out(ticket, message, rest):
    """What the old ticket's row says without the message; `rest` are its other messages."""
    if message.is_waiting and ticket.waiting_since == message.created_at:
        oldest = rest.waiting().order_by("created_at", "pk").first()
        ticket.waiting_since = oldest and oldest.created_at
    base.take_last_public(ticket, rest.public().order_by("created_at", "pk").last())


def _open(new, message, leaving):
    """Open the ticket. Gives the clock of the old one that goes on here, if it does."""
    old, response = leaving.ticket, leaving.clocks.response
    moved = response if message.is_waiting and not old.waits_for_answer else None
    message.ticket, message.written_on = new, None
    promise = base.promise_for(new)
    with opening(new, message, actor=leaving.actor, now=leaving.now) as opened:
        if moved:
            leaving.clocks.hand_over(moved, opened.clocks)
        elif message.is_waiting:
            kind = Clock.Kind.FIRST_RESPONSE
            opened.clocks.start(promise, kind=kind, at=message.created_at)
        opened.clocks.start(promise, kind=Clock.Kind.RESOLUTION, at=leaving.now)
        opened.record(Event.Kind.OPENED, message=message, split_from=old.pk)
    return moved

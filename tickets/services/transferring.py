"""Handing a ticket to another team or agent, with a note that tells them why."""

from django.utils import timezone
from django.utils.translation import gettext as _

from plans.transactions import in_transaction
from tickets import permissions
from tickets.errors import TicketClosed, TicketError
from tickets.models import Event, Message, Team

from . import base, once
from .changing import changing, give_to
from .further import lock_people
from .routing import route


@in_transaction
def transfer(ticket, *, actor, to, note=None, seen_version=None, now=None):
    """Hand the ticket to a team, where nobody has it then, or to an agent: `to` is either. By the
    assignee or a supervisor, on any but a closed ticket.

    `note`, a NewMessage, is the internal note that goes with it. The transfer has one event. Sent
    once more by the same form, it gives the first result. Raises TicketError, whose code names the
    field that it is about.
    """
    is_to_team = isinstance(to, Team)
    agent = lock_people(actor, None if is_to_team else to.pk)
    ticket = base.locked(ticket, **once.sent_before(actor, note and note.form_key))
    if note and (first := _sent_first(ticket, note, to)):
        return first
    now = now or timezone.now()
    if ticket.is_closed:
        raise TicketClosed(_("This ticket was closed in the meantime."))
    is_repeated = base.is_repeated(ticket, actor, Event.Kind.TRANSFERRED)
    if note is None and is_repeated and _is_there(ticket, to, is_to_team):
        return ticket
    base.allow(permissions.may_assign(ticket, actor))
    base.check_version(ticket, seen_version)
    _check_target(ticket, to, agent, is_to_team)
    with changing(ticket, actor=actor, now=now) as change:
        facts = route(ticket, to) if is_to_team else {}
        give_to(ticket, agent)
        if note:
            kind = Message.Kind.NOTE
            # Not the event's own message: customers may learn of the event, never of a note.
            facts["note"] = base.write(ticket, author=actor, content=note, kind=kind, now=now).pk
        change.record(Event.Kind.TRANSFERRED, **facts)
    return ticket


def _sent_first(ticket, note, to):
    """The ticket, where the form's note went with a transfer to the same before."""

    def went_there(message):
        event = Event.objects.of_note(message)
        if event is None:
            return False
        if isinstance(to, Team):
            return event.changes.get("team", ["", to.name])[1] == to.name
        return event.changes.get("assignee", [None, None])[1] == to.pk

    sent = {"content": note, "kind": Message.Kind.NOTE, "is_done_by": went_there}
    return once.first_result(ticket.sent_before, ticket, **sent)


def _is_there(ticket, to, is_to_team):
    if is_to_team:
        return ticket.assignee_id is None and ticket.team_id == to.pk
    return ticket.assignee_id == to.pk


def _check_target(ticket, to, agent, is_to_team):
    """Refuse a deleted team, somebody who is no agent any more, and where it is already."""
    if is_to_team and not Team.objects.living().filter(pk=to.pk).exists():
        raise TicketError(_("This team was deleted in the meantime."), code="to")
    if not is_to_team and agent is None:
        raise TicketError(_("Choose an active agent."), code="to")
    if _is_there(ticket, to, is_to_team):
        raise TicketError(_("The ticket is there already."), code="to")

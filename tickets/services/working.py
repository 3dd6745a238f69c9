"""What agents do with a ticket besides answering: who has it, its priority and its category."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from organizations.models import User
from plans.models import Priority
from tickets import events, permissions
from tickets.errors import TicketClosed, TicketError, TicketTaken
from tickets.models import Event
from tickets.sla import Ledger
from tickets.words import Category, Status

from . import base


@transaction.atomic
def accept(ticket, *, actor, take_over_from=None, now=None):
    """The actor becomes assignee and works on it; of two at once exactly one wins.

    A ticket that another agent has is taken over only by naming them in `take_over_from`. Raises
    TicketTaken, which tells who has it.
    """
    now = now or timezone.now()
    ticket = base.locked(ticket)
    base.allow(permissions.may_work(ticket, actor))
    before = ticket.assignee_id
    if ticket.status == Status.IN_PROGRESS and before == actor.pk:
        return ticket
    if before not in {None, actor.pk, take_over_from.pk if take_over_from else None}:
        raise TicketTaken(
            _("%(name)s has this ticket.") % {"name": ticket.assignee}, assignee=ticket.assignee
        )
    base.check(ticket.accept, actor)
    ledger = Ledger(ticket, now=now)
    ticket.accept(assignee=actor)
    changes = {
        "status": [Status.AWAITING_RESPONSE, Status.IN_PROGRESS],
        "assignee": [before, actor.pk],
    }
    return _finish(ticket, ledger, Event.Kind.ACCEPTED, actor, now, **changes)


@transaction.atomic
def release(ticket, *, actor, now=None):
    """Give the ticket back: awaiting response again, nobody's. By the assignee or a supervisor."""
    now = now or timezone.now()
    ticket = base.locked(ticket)
    base.check(ticket.release, actor)
    ledger = Ledger(ticket, now=now)
    before = ticket.assignee_id
    ticket.release()
    changes = {"status": [Status.IN_PROGRESS, Status.AWAITING_RESPONSE], "assignee": [before, None]}
    return _finish(ticket, ledger, Event.Kind.RELEASED, actor, now, **changes)


@transaction.atomic
def assign(ticket, *, actor, to, seen_version=None, now=None):
    """Hand the ticket to an active agent, or with None to nobody: one in progress then awaits
    response. By the assignee or a supervisor, on any but a closed ticket."""
    now = now or timezone.now()
    ticket = base.locked(ticket)
    if ticket.is_closed:
        raise TicketClosed(_("This ticket is closed meanwhile."))
    base.allow(permissions.may_assign(ticket, actor))
    base.check_version(ticket, seen_version)
    if to is not None and not User.objects.agents().filter(pk=to.pk).exists():
        raise TicketError(_("Choose an active agent."), code="unknown")
    before, status = ticket.assignee_id, ticket.status
    if before == (to.pk if to else None):
        return ticket
    ledger = Ledger(ticket, now=now)
    give_to(ticket, to)
    changes = {"assignee": [before, ticket.assignee_id]}
    if status != ticket.status:
        changes["status"] = [status, ticket.status]
    return _finish(ticket, ledger, Event.Kind.ASSIGNED, actor, now, **changes)


def give_to(ticket, agent):
    """In memory: make `agent` the assignee, or take a ticket in progress back to the queue."""
    if agent is None and ticket.status == Status.IN_PROGRESS:
        ticket.unassign()
    else:
        ticket.assignee = agent


@transaction.atomic
def resume(ticket, *, actor, now=None):
    """Take up an awaited ticket again without a message; this stops the 48 hours."""
    now = now or timezone.now()
    ticket = base.locked(ticket)
    base.check(ticket.resume, actor)
    ledger = Ledger(ticket, now=now)
    before = ticket.assignee_id
    ticket.resume(agent=actor)
    base.stop_auto_close(ticket)
    changes = {"status": [Status.AWAITING_CUSTOMER, Status.IN_PROGRESS]}
    if before != ticket.assignee_id:
        changes["assignee"] = [before, ticket.assignee_id]
    return _finish(ticket, ledger, Event.Kind.RESUMED, actor, now, **changes)


@transaction.atomic
def change_priority(ticket, *, actor, priority, reason="", seen_version=None, now=None):
    """Raise or lower the priority; running clocks follow by the rules of the domain.

    Agents do both, lowering with a reason that the customer is shown; members raise only, with a
    reason. Nobody does on a closed ticket.
    """
    now = now or timezone.now()
    ticket = base.locked(ticket)
    if ticket.is_closed:
        raise TicketClosed(_("This ticket is closed meanwhile."))
    base.allow(permissions.may_change_priority(ticket, actor))
    base.check_version(ticket, seen_version)
    before = ticket.priority
    if priority == before:
        return ticket
    raised = _check_priority(before, priority, actor, reason)
    ledger = Ledger(ticket, now=now)
    ticket.priority = priority
    if promise := base.promise_for(ticket):
        move = ledger.raise_priority if raised else ledger.lower_priority
        move(promise, kind=base.response_kind(ticket))
    changes = {"priority": [before, priority], "reason": reason.strip()}
    return _finish(ticket, ledger, Event.Kind.PRIORITY_CHANGED, actor, now, **changes)


def _check_priority(before, after, actor, reason):
    """Whether it is a raise. Raises TicketError for what this person may not do."""
    if after not in Priority.values:
        raise TicketError(_("Choose from the list."), code="unknown")
    raised = Priority(after).rank > Priority(before).rank
    if not raised and not actor.is_agent:
        raise TicketError(_("Only support can lower the priority."), code="lowering")
    if not reason.strip() and not (raised and actor.is_agent):
        raise TicketError(_("Say why; the reason stays with the ticket."), code="reason")
    return raised


@transaction.atomic
def change_category(ticket, *, actor, category, seen_version=None, now=None):
    """Put the ticket into another category. By agents, while it is open."""
    now = now or timezone.now()
    ticket = base.locked(ticket)
    if ticket.is_closed:
        raise TicketClosed(_("This ticket is closed meanwhile."))
    base.allow(permissions.may_change_category(ticket, actor))
    base.check_version(ticket, seen_version)
    before = ticket.category
    if category not in Category.values:
        raise TicketError(_("Choose from the list."), code="unknown")
    if category == before:
        return ticket
    ledger = Ledger(ticket, now=now)
    ticket.category = category
    changes = {"category": [before, category]}
    return _finish(ticket, ledger, Event.Kind.CATEGORY_CHANGED, actor, now, **changes)


def _finish(ticket, ledger, kind, actor, now, **changes):
    event = events.line(ticket, kind, actor=actor, now=now, **changes)
    base.save(ticket, ledger, event, now=now)
    events.record(event)
    return ticket

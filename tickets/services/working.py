"""What agents do with a ticket besides answering: who has it, its priority and its category."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from organizations.models import User
from plans.models import Priority
from tickets import events, permissions
from tickets.choices import Category, Status
from tickets.clocks.ledger import TicketClocks
from tickets.errors import TicketClosed, TicketError, TicketTaken
from tickets.models import Event

from . import base


@transaction.atomic
def accept(ticket, *, actor, take_over_from=None, now=None):
    """The actor becomes assignee and works on it; of two at once exactly one wins.

    A ticket that another agent has is taken over only by naming them in `take_over_from`. Raises
    TicketTaken, which tells who has it.
    """
    base.lock_person(actor)
    ticket = base.locked(ticket)
    now = now or timezone.now()
    base.allow(permissions.may_work(ticket, actor))
    if ticket.status == Status.IN_PROGRESS and ticket.assignee_id == actor.pk:
        return ticket
    named = take_over_from.pk if take_over_from else None
    if ticket.assignee_id not in {None, actor.pk, named} and not ticket.is_closed:
        raise TicketTaken(
            _("%(name)s has this ticket.") % {"name": ticket.assignee}, assignee=ticket.assignee
        )
    base.check(ticket.accept, actor)
    ledger, before = TicketClocks(ticket, now=now), base.tracked_fields(ticket)
    ticket.accept(assignee=actor)
    return _finish(ticket, ledger, Event.Kind.ACCEPTED, actor, now, before)


@transaction.atomic
def release(ticket, *, actor, now=None):
    """Give the ticket back: awaiting response again, nobody's. By the assignee or a supervisor."""
    ticket = base.locked(ticket)
    now = now or timezone.now()
    base.check(ticket.release, actor)
    ledger, before = TicketClocks(ticket, now=now), base.tracked_fields(ticket)
    ticket.release()
    return _finish(ticket, ledger, Event.Kind.RELEASED, actor, now, before)


@transaction.atomic
def assign(ticket, *, actor, to, seen_version=None, now=None):
    """Hand the ticket to an active agent, or with None to nobody: one in progress then awaits
    response. By the assignee or a supervisor, on any but a closed ticket."""
    agent = to and User.objects.agents().select_for_update(no_key=True).filter(pk=to.pk).first()
    ticket = base.locked(ticket)
    now = now or timezone.now()
    if ticket.is_closed:
        raise TicketClosed(_("This ticket is closed meanwhile."))
    base.allow(permissions.may_assign(ticket, actor))
    base.check_version(ticket, seen_version)
    if to is not None and agent is None:
        raise TicketError(_("Choose an active agent."), code="unknown")
    if ticket.assignee_id == (agent.pk if agent else None):
        return ticket
    ledger, before = TicketClocks(ticket, now=now), base.tracked_fields(ticket)
    give_to(ticket, agent)
    return _finish(ticket, ledger, Event.Kind.ASSIGNED, actor, now, before)


def give_to(ticket, agent):
    """In memory: make `agent` the assignee, or take a ticket in progress back to the queue."""
    if agent is None and ticket.status == Status.IN_PROGRESS:
        ticket.unassign()
    else:
        ticket.assignee = agent


@transaction.atomic
def resume(ticket, *, actor, now=None):
    """Take up an awaited ticket again without a message; this stops the 48 hours."""
    base.lock_person(actor)
    ticket = base.locked(ticket)
    now = now or timezone.now()
    base.check(ticket.resume, actor)
    ledger, before = TicketClocks(ticket, now=now), base.tracked_fields(ticket)
    ticket.resume(agent=actor)
    base.stop_auto_close(ticket)
    return _finish(ticket, ledger, Event.Kind.RESUMED, actor, now, before)


@transaction.atomic
def change_priority(ticket, *, actor, priority, reason="", seen_version=None, now=None):
    """Raise or lower the priority; running clocks follow by the rules of the domain.

    Agents do both, lowering with a reason that the customer is shown; members raise only, with a
    reason. Nobody does on a closed ticket.
    """
    ticket = base.locked_in_organization(ticket, actor)
    now = now or timezone.now()
    if ticket.is_closed:
        raise TicketClosed(_("This ticket is closed meanwhile."))
    base.allow(permissions.may_change_priority(ticket, actor))
    base.check_version(ticket, seen_version)
    if priority == ticket.priority:
        return ticket
    raised = _check_priority(ticket.priority, priority, actor, reason)
    ledger, before = TicketClocks(ticket, now=now), base.tracked_fields(ticket)
    ticket.priority = priority
    if promise := base.promise_for(ticket):
        move = ledger.raise_priority if raised else ledger.lower_priority
        move(promise, kind=base.response_kind(ticket))
    reason = reason.strip()
    return _finish(ticket, ledger, Event.Kind.PRIORITY_CHANGED, actor, now, before, reason=reason)


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
    ticket = base.locked(ticket)
    now = now or timezone.now()
    if ticket.is_closed:
        raise TicketClosed(_("This ticket is closed meanwhile."))
    base.allow(permissions.may_change_category(ticket, actor))
    base.check_version(ticket, seen_version)
    if category not in Category.values:
        raise TicketError(_("Choose from the list."), code="unknown")
    if category == ticket.category:
        return ticket
    ledger, before = TicketClocks(ticket, now=now), base.tracked_fields(ticket)
    ticket.category = category
    return _finish(ticket, ledger, Event.Kind.CATEGORY_CHANGED, actor, now, before)


def _finish(ticket, ledger, kind, actor, now, before, **more):
    changes = base.field_changes(ticket, before) | more
    event = events.prepare(ticket, kind, actor=actor, now=now, **changes)
    base.save(ticket, ledger, event, now=now)
    events.record(event)
    return ticket

"""What agents do with a ticket besides answering: who has it, its priority and its category."""

from django.utils import timezone
from django.utils.translation import gettext as _

from organizations.models import User
from plans.models import Priority
from plans.transactions import in_transaction
from tickets import permissions
from tickets.choices import Category, Status
from tickets.errors import TicketClosed, TicketError, TicketTaken
from tickets.models import Event
from ui.names import is_blank

from . import base
from .changing import changing, give_to
from .routing import follow_category, team_of_category


@in_transaction
def accept(ticket, *, actor, take_over_from=None, now=None):
    """The actor becomes assignee and works on it; of two at once exactly one wins.

    A ticket that another agent has, one in progress too, is taken over only by naming them in
    `take_over_from`. Raises TicketTaken, which names the assignee.
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
    if permissions.may_take_over(ticket, actor) and ticket.status == Status.IN_PROGRESS:
        return _take_over(ticket, actor, now)
    base.check(ticket.accept, actor)
    with changing(ticket, actor=actor, now=now) as change:
        ticket.accept(assignee=actor)
        change.record(Event.Kind.ACCEPTED)
    return ticket


def _take_over(ticket, actor, now):
    """What another agent is working on becomes the actor's; customers learn nothing of it."""
    base.check(ticket.take_over, actor)
    with changing(ticket, actor=actor, now=now) as change:
        ticket.take_over(agent=actor)
        change.record(Event.Kind.ASSIGNED)
    return ticket


@in_transaction
def take_next(tickets, *, actor, form_key=None, now=None):
    """Accept the most urgent of `tickets` that waits for the actor or for nobody; gives the ticket,
    None where there is none.

    Of many agents at once each gets another ticket: those that somebody holds are passed over. A
    form that is sent once more gets the ticket that it took, while the actor works on it.
    """
    base.lock_person(actor)
    if taken := form_key and tickets.taken_by_form(actor, form_key):
        return taken
    ticket = base.first_unlocked(tickets.to_take(actor).in_queue_order())
    if ticket is None:
        return None
    now = now or timezone.now()
    base.check(ticket.accept, actor)
    with changing(ticket, actor=actor, now=now) as change:
        ticket.accept(assignee=actor)
        change.record(Event.Kind.ACCEPTED, **({"form_key": str(form_key)} if form_key else {}))
    return ticket


@in_transaction
def release(ticket, *, actor, now=None):
    """Give the ticket back: awaiting response again, nobody's. By the assignee or a supervisor."""
    ticket = base.locked(ticket)
    if not ticket.assignee_id and base.is_repeated(ticket, actor, Event.Kind.RELEASED):
        return ticket
    now = now or timezone.now()
    base.check(ticket.release, actor)
    with changing(ticket, actor=actor, now=now) as change:
        ticket.release()
        change.record(Event.Kind.RELEASED)
    return ticket


@in_transaction
def assign(ticket, *, actor, to, seen_version=None, now=None):
    """Hand the ticket to an active agent, or with None to nobody: one in progress then awaits
    response. By the assignee or a supervisor, on any but a closed ticket."""
    agent = to and User.objects.agents().select_for_update(no_key=True).filter(pk=to.pk).first()
    ticket = base.locked(ticket)
    now = now or timezone.now()
    if ticket.is_closed:
        raise TicketClosed(_("This ticket was closed in the meantime."))
    has_it = ticket.assignee_id == (to.pk if to else None)
    if has_it and base.is_repeated(ticket, actor, Event.Kind.ASSIGNED):
        return ticket
    base.allow(permissions.may_assign(ticket, actor))
    base.check_version(ticket, seen_version)
    if to is not None and agent is None:
        raise TicketError(_("Choose an active agent."), code="unknown")
    if has_it:
        return ticket
    with changing(ticket, actor=actor, now=now) as change:
        give_to(ticket, agent)
        change.record(Event.Kind.ASSIGNED)
    return ticket


@in_transaction
def resume(ticket, *, actor, now=None):
    """Take up an awaited ticket again without a message; this stops the 48 hours."""
    base.lock_person(actor)
    ticket = base.locked(ticket)
    is_resumed = ticket.status == Status.IN_PROGRESS
    if is_resumed and base.is_repeated(ticket, actor, Event.Kind.RESUMED):
        return ticket
    now = now or timezone.now()
    base.check(ticket.resume, actor)
    with changing(ticket, actor=actor, now=now) as change:
        ticket.resume(agent=actor)
        base.stop_auto_close(ticket)
        change.record(Event.Kind.RESUMED)
    return ticket


@in_transaction
def change_priority(ticket, *, actor, priority, reason="", seen_version=None, now=None):
    """Raise or lower the priority; running clocks follow by the rules of the domain.

    Agents do both, lowering with a reason that the customer is shown; members raise only, with a
    reason. Nobody does on a closed ticket.
    """
    ticket = base.locked_in_organization(ticket, actor)
    now = now or timezone.now()
    if ticket.is_closed:
        raise TicketClosed(_("This ticket was closed in the meantime."))
    base.allow(permissions.may_change_priority(ticket, actor))
    has_it = priority == ticket.priority
    if not (has_it and base.is_repeated(ticket, actor, Event.Kind.PRIORITY_CHANGED)):
        base.check_version(ticket, seen_version)
    if has_it:
        _check_reason_known(ticket, reason)
        return ticket
    _check_priority(ticket.priority, priority, actor, reason)
    with changing(ticket, actor=actor, now=now) as change:
        facts = move_priority(change, priority, reason, kind=base.response_kind(ticket))
        change.record(Event.Kind.PRIORITY_CHANGED, **facts)
    return ticket


def _check_reason_known(ticket, reason):
    """Refuse a reason for the priority that the ticket has already, unless it came with that: it
    would be stored nowhere."""
    if reason.strip() and reason.strip() != ticket.events.latest_reason():
        sentence = _("The priority is “%(priority)s” already. Your reason has not been stored.")
        raise TicketError(sentence % {"priority": ticket.get_priority_display()}, code="reason")


def move_priority(change, priority, reason, *, kind):
    """In memory: give the ticket another priority, and its clocks what the plan promises for that.

    `kind` is that of a response clock which starts because nothing was promised before. Gives the
    facts of the event. The organization is held.
    """
    ticket = change.ticket
    raised = _check_priority(ticket.priority, priority, change.actor, reason)
    ticket.priority = priority
    if promise := base.promise_for(ticket):
        move = change.clocks.raise_priority if raised else change.clocks.lower_priority
        move(promise, kind=kind)
    return {"reason": reason.strip()}


def _check_priority(before, after, actor, reason):
    """Whether it is a raise. Raises TicketError for what this person may not do."""
    if after not in Priority.values:
        raise TicketError(_("Choose from the list."), code="unknown")
    raised = Priority(after).rank > Priority(before).rank
    if not raised and not actor.is_agent:
        raise TicketError(_("Only support can lower the priority."), code="lowering")
    if is_blank(reason) and not (raised and actor.is_agent):
        raise TicketError(_("Enter a reason; it stays with the ticket."), code="reason")
    return raised


@in_transaction
def change_category(ticket, *, actor, category, seen_version=None, now=None):
    """Put the ticket into another category. By agents, while it is open."""
    ticket = base.locked(ticket, **team_of_category(category))
    now = now or timezone.now()
    if ticket.is_closed:
        raise TicketClosed(_("This ticket was closed in the meantime."))
    base.allow(permissions.may_change_category(ticket, actor))
    has_it = category == ticket.category
    if not (has_it and base.is_repeated(ticket, actor, Event.Kind.CATEGORY_CHANGED)):
        base.check_version(ticket, seen_version)
    if category not in Category.values:
        raise TicketError(_("Choose from the list."), code="unknown")
    if has_it:
        return ticket
    with changing(ticket, actor=actor, now=now) as change:
        ticket.category = category
        change.record(Event.Kind.CATEGORY_CHANGED, **follow_category(ticket))
    return ticket

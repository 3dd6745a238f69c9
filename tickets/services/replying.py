"""Writing on a ticket: agents' public replies and notes, and customers' messages."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from organizations.models import Organization, User
from plans.transactions import in_transaction
from tickets import permissions
from tickets.choices import AfterReply, Intent, Status
from tickets.errors import StaleTicket, TicketClosed, TicketError
from tickets.models import Event, Message
from tickets.prepared import Prepared

from . import base, once
from .canned import count_uses
from .changing import changing
from .further import FurtherChanges, change_further, is_left_to_do, lock_people
from .mentions import mentions_in
from .routing import team_of_category


@dataclass(frozen=True)
class Seen:
    """What an agent had in front of them: ids of the assignee and of the last public message."""

    assignee_id: int | None
    message_id: int | None


@dataclass(frozen=True)
class _Sending:
    """A public reply on its way, with all that it is to do."""

    actor: User
    content: base.NewMessage
    then: str
    seen: Seen | None
    reopening: bool = False
    further: FurtherChanges | None = None
    assignee: User | None = None

    def is_done_by(self, message):
        """Whether the reply that the form sent before did what this one is to do."""
        event = Event.objects.of_message(message)
        if event is None:
            return True
        if Event.objects.status_after(event) != _STATUS_AFTER.get(self.then):
            return False
        return self.further is None or not is_left_to_do(self.further, event)


_STATUS_AFTER = {
    AfterReply.WAIT: Status.AWAITING_CUSTOMER,
    AfterReply.WORK: Status.IN_PROGRESS,
    AfterReply.CLOSE: Status.CLOSED,
}


@base.to_merge_target
@in_transaction
def reply_as_agent(
    ticket, *, actor, content, then=AfterReply.WAIT, reopening=False, seen=None, now=None
):
    """A public reply: answers what waits and, by `then`, waits, keeps working or closes.

    Accepts the ticket if nobody had; an existing assignee stays. On a closed ticket it goes only
    as *reopen and send* (`reopening`), one act without a response clock. Raises TicketClosed,
    ClosedForLong where it can no longer be reopened, and StaleTicket when somebody took the ticket
    or wrote meanwhile.
    """
    base.lock_person(actor)
    ticket = base.locked(ticket, **once.sent_before(actor, content.form_key))
    sending = _Sending(actor, content, then, seen, reopening=reopening)
    return _send(ticket, ticket.sent_before, sending, now)


@base.to_merge_target
@in_transaction
def reply_with_changes(
    ticket, *, actor, content, further, then=AfterReply.WAIT, seen=None, now=None
):
    """As `reply_as_agent` on an open ticket, with `further` changes in the same event.

    Raises TicketError as well for a change that is refused; its code names the field.
    """
    assignee = lock_people(actor, further.assignee_id)
    organization = base.lock_organization(
        ticket.organization_id,
        **once.sent_before(actor, content.form_key),
        **team_of_category(further.category),
    )
    ticket = base.locked_of(organization, ticket, actor)
    ticket.team_of_category = organization.team_of_category
    sending = _Sending(actor, content, then, seen, further=further, assignee=assignee)
    return _send(ticket, organization.sent_before, sending, now)


def _send(ticket, sent_before, sending, now):
    """Write the reply to the locked ticket, unless its form sent it before."""
    actor, content, kind = sending.actor, sending.content, Message.Kind.PUBLIC
    sent = {"content": content, "kind": kind, "is_done_by": sending.is_done_by}
    if first := once.first_result(sent_before, ticket, **sent):
        return first
    now = now or timezone.now()
    base.allow(permissions.may_work(ticket, actor))
    _check_seen(ticket, sending.seen, actor)
    base.check_reopening(ticket, now)
    if ticket.is_closed and not sending.reopening:
        raise TicketClosed(
            _("This ticket was closed in the meantime. Reopen it to send your reply.")
        )
    with changing(ticket, actor=actor, now=now) as change:
        if ticket.is_closed:
            ticket.reopen()
            drop_absent_assignee(ticket)
        message = base.write(ticket, author=actor, content=content, kind=kind, now=now)
        change.clocks.answer(message)
        base.stop_waiting(ticket)
        facts = {}
        if sending.further:
            facts = change_further(change, sending.further, sending.assignee)
        _move_after_reply(ticket, actor, sending.then, now)
        is_closing = sending.then == AfterReply.CLOSE
        done = Event.Kind.RESOLVED if is_closing else Event.Kind.AGENT_REPLIED
        change.record(done, message=message, **facts)
    if content.canned:
        count_uses(content.canned, actor=actor, now=now)
    return ticket


def _move_after_reply(ticket, actor, then, now):
    """One of the three moves that may follow a public reply."""
    if then == AfterReply.WAIT:
        base.check(ticket.reply_and_wait, actor)
        ticket.reply_and_wait(agent=actor)
        base.start_auto_close(ticket, now=now)
    elif then == AfterReply.WORK:
        base.check(ticket.reply_and_work, actor)
        ticket.reply_and_work(agent=actor)
        base.stop_auto_close(ticket)
    elif then == AfterReply.CLOSE:
        base.check(ticket.resolve, actor)
        ticket.resolve(now=now)
        base.stop_auto_close(ticket)
    else:
        raise TicketError(_("Choose what happens after the reply."), code="unknown")


@base.to_merge_target
@in_transaction
def reply_as_customer(ticket, *, actor, content, intent=None, now=None):
    """A member's message. It waits for an answer, returns an awaited ticket to the same agent,
    and reopens a closed one; as *thanks* on a closed one it is stored and nothing else happens.

    Raises TicketClosed when the ticket is closed and the person has not chosen between the two, and
    ClosedForLong when it can no longer be reopened.
    """
    base.lock_person(actor)
    # Not `now`, which is after the locks; an hour that begins a little earlier refuses no less.
    hour_ago = (now or timezone.now()) - timedelta(hours=1)
    organization = _lock_to_write(ticket.organization_id, actor, content.form_key, hour_ago)
    sent = {"content": content, "kind": Message.Kind.PUBLIC}
    sent["is_done_by"] = partial(_has_met, intent)
    if first := once.first_result(organization.sent_before, ticket, **sent):
        return first
    ticket = base.locked_of(organization, ticket, actor)
    now = now or timezone.now()
    base.allow(permissions.may_write_as_customer(ticket, actor))
    once.check_rate(organization.sent_lately, settings.MESSAGES_PER_HOUR)
    if ticket.is_closed and intent is None and _met_the_close(ticket, now):
        intent = Intent.PROBLEM
    if intent != Intent.THANKS:
        base.check_reopening(ticket, now)
    if ticket.is_closed and intent not in {Intent.PROBLEM, Intent.THANKS}:
        raise TicketClosed(
            _("This ticket was closed in the meantime. Choose whether the problem is still there.")
        )
    if ticket.is_closed and intent == Intent.THANKS:
        return _thank(ticket, actor, content, now)
    return _receive(ticket, actor, content, now)


def _has_met(intent, message):
    """Whether the message that the form sent before did what the intent asks for on a closed
    ticket; on one that was open it makes no difference."""
    event = Event.objects.of_message(message)
    if event is None or event.kind not in {Event.Kind.CUSTOMER_THANKED, Event.Kind.REOPENED}:
        return True
    return (event.kind == Event.Kind.CUSTOMER_THANKED) == (intent == Intent.THANKS)


def _lock_to_write(organization, actor, form_key, hour_ago):
    """The organization under lock, with what the form sent before and how much the person wrote."""
    if form_key:
        lately = once.sent_lately(Message.objects.written_since(actor, hour_ago))
        return base.lock_organization(organization, **once.sent_before(actor, form_key), **lately)
    [held] = _without_form.rows(organization=organization, author=actor.pk, since=hour_ago)
    held.sent_before = None
    return held


@Prepared
def _without_form(organization, author, since):
    held = Organization.objects.select_for_update(no_key=True).filter(pk=organization)
    return held.annotate(**once.sent_lately(Message.objects.written_since(author, since)))


def _met_the_close(ticket, now):
    """Message and automatic close at the same instant end open, whichever came first."""
    return ticket.closed_at >= now and ticket.events.of_automatic_close(ticket.closed_at).exists()


def _receive(ticket, actor, content, now):
    kind = Event.Kind.REOPENED if ticket.is_closed else Event.Kind.CUSTOMER_REPLIED
    with changing(ticket, actor=actor, now=now) as change:
        if ticket.is_closed:
            base.check(ticket.reopen, actor)
            ticket.reopen()
            drop_absent_assignee(ticket)
        elif ticket.status == Status.AWAITING_CUSTOMER:
            base.check(ticket.return_to_support, actor)
            ticket.return_to_support()
        message = base.write(
            ticket,
            author=actor,
            content=content,
            kind=Message.Kind.PUBLIC,
            now=now,
            is_waiting=True,
        )
        base.stop_auto_close(ticket)
        base.start_waiting(change)
        change.record(kind, message=message)
    return ticket


def _thank(ticket, actor, content, now):
    kind = Message.Kind.PUBLIC
    with changing(ticket, actor=actor, now=now) as change:
        message = base.write(
            ticket, author=actor, content=content, kind=kind, now=now, is_just_thanks=True
        )
        change.record(Event.Kind.CUSTOMER_THANKED, message=message)
    return ticket


@base.to_merge_target
@in_transaction
def add_note(ticket, *, actor, content, now=None):
    """An internal note, in any status; no customer learns of it by any way. Agents whom it mentions
    are notified."""
    base.lock_person(actor)
    ticket = base.locked(ticket, **once.sent_before(actor, content.form_key))
    kind = Message.Kind.NOTE
    if first := once.first_result(ticket.sent_before, ticket, content=content, kind=kind):
        return first
    now = now or timezone.now()
    base.allow(permissions.may_work(ticket, actor))
    with changing(ticket, actor=actor, now=now) as change:
        note = base.write(ticket, author=actor, content=content, kind=kind, now=now)
        facts = mentions_in(content.body, author=actor)
        change.record(Event.Kind.NOTED, message=note, **facts)
    return ticket


def drop_absent_assignee(ticket):
    """A ticket that comes back goes to the same agent, unless they are gone."""
    if ticket.assignee_id and not ticket.assignee.is_agent:
        ticket.assignee = None


def _check_seen(ticket, seen, actor):
    """Show the agent once what happened while they wrote; their text is kept."""
    if seen is None:
        return
    if ticket.assignee_id not in {seen.assignee_id, actor.pk}:
        if ticket.assignee is None:
            raise StaleTicket(
                _(
                    "The ticket was returned to the queue in the meantime. Send again if "
                    "your reply still fits."
                )
            )
        raise StaleTicket(
            _("%(name)s has taken the ticket in the meantime. Send again if your reply still fits.")
            % {"name": ticket.assignee}
        )
    if ticket.last_public_message_id != seen.message_id:
        raise StaleTicket(
            _(
                "There is a new message since you began writing. Send again if your reply "
                "still fits."
            )
        )

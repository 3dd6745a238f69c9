"""What services share: locks, checks, new messages, and when something waits."""

from dataclasses import dataclass
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_fsm import can_proceed, has_transition_perm

from organizations.models import Organization, User
from tickets.clocks.auto_close import AUTO_CLOSE_AFTER, REMIND_BEFORE_CLOSE
from tickets.clocks.promising import promise_now
from tickets.errors import (
    ClosedForLong,
    StaleTicket,
    TicketClosed,
    TicketError,
    TicketMerged,
)
from tickets.models import Attachment, Clock, Message, MessageDraft, Ticket
from tickets.prepared import Prepared
from tickets.reopening import is_closed_for_long
from tickets.search.folding import fold
from ui.names import is_blank
from ui.wording import number

from .catching_up import catch_up

LONGEST_BODY = 20_000
# So many merges may meet one message on its way.
MOST_MERGES = 3


@dataclass(frozen=True)
class NewMessage:
    """What somebody wrote: the text, their pending uploads to go with it, and the form's key.

    Of a mail also what is folded away (`aside`), and its sender where that is not the author.
    `canned` are the ids of the canned replies that it was written with.
    """

    body: str
    files: tuple = ()
    form_key: UUID | None = None
    channel: str = Message.Channel.WEB
    aside: str = ""
    sent_from: str = ""
    canned: tuple = ()


def locked(ticket, **more):
    """The row as it is now, under lock until the transaction ends. Raises TicketMerged.

    What an admin's change still has to do to it, it has done: see `catch_up`. `more` is read in the
    same statement: see `once.sent_before`.
    """
    ticket = locked_though_merged(ticket, **more)
    refuse_merged(ticket)
    return ticket


def locked_though_merged(ticket, **more):
    """As `locked`, of a merged ticket too."""
    if queries := _asked(more):
        held = _to_lock(ticket.pk).annotate(**queries).get()
    elif rows := _locked.rows(ticket=ticket.pk):
        [held] = rows
    else:
        raise Ticket.DoesNotExist
    return caught_up(_with_the_rest(held, more))


def _asked(more):
    """Of what is to be read with a lock, that for which there is something to ask."""
    return {name: each for name, each in more.items() if each is not None}


def _with_the_rest(held, more):
    for name in more.keys() - _asked(more):
        setattr(held, name, None)
    return held


def _to_lock(key):
    held = Ticket.objects.select_for_update(of=("self",), no_key=True)
    return held.with_unfinished_jobs().of_number(key)


@Prepared
def _locked(ticket):
    return _to_lock(ticket)


def refuse_merged(ticket):
    """Nothing happens to a merged ticket any more. Raises TicketMerged."""
    if ticket.merged_into_id is not None:
        target = Ticket(pk=ticket.merged_into_id)
        sentence = _("%(number)s was merged into %(target)s. Nothing has been changed.") % {
            "number": ticket.number,
            "target": target.number,
        }
        raise TicketMerged(sentence, target_id=target.pk)


def to_merge_target(service):
    """A service, with its transaction, that writes on a ticket: what is written on a merged one
    goes to its target, see `written_on`. An agent who had the merged one in front of them is shown
    the target first.

    The lock of the merged ticket is given back before, so that tickets are locked by number.
    """

    @wraps(service)
    def on_target(ticket, **arguments):
        for _again in range(MOST_MERGES):
            try:
                refuse_merged(ticket)
                return service(ticket, **arguments)
            except TicketMerged as merged:
                _check_page_of_merged(ticket, merged.target_id, arguments.get("seen"))
                ticket.merged_into_id = merged.target_id
                ticket = written_on(ticket, arguments["actor"])
        return service(ticket, **arguments)

    return on_target


def written_on(ticket, actor):
    """The ticket on which a message to `ticket` goes: of a merged one its target. Refused where the
    person does not see that, as a member who watches it no more in a restricted organization."""
    if ticket.merged_into_id is None:
        return ticket
    target = Ticket.objects.visible_to(actor).numbered(ticket.merged_into_id)
    if target is None:
        sentence = _(
            "%(number)s was merged into another ticket that you do not see. Open a new ticket for "
            "what you want to write."
        )
        raise TicketError(sentence % {"number": ticket.number}, code="forbidden")
    return target


def _check_page_of_merged(ticket, target_id, seen):
    if seen is not None:
        raise StaleTicket(
            _(
                "%(number)s was merged into %(target)s in the meantime. Send again if your reply "
                "still fits."
            )
            % {"number": ticket.number, "target": Ticket(pk=target_id).number}
        )


def first_unlocked(tickets):
    """The first of a sorted queryset that nobody holds, as `locked` gives it; None without one."""
    held = tickets.select_for_update(of=("self",), no_key=True, skip_locked=True)
    ticket = held.with_unfinished_jobs().first()
    return ticket and caught_up(ticket)


def caught_up(ticket):
    if ticket.has_unfinished_job:
        catch_up([ticket])
    return ticket


def locked_in_organization(ticket, actor):
    """As `locked`, for what starts or moves clocks or is a customer's to do.

    With the organization held, a change of its plan or a suspension comes wholly before or after.
    """
    return locked_of(lock_organization(ticket.organization_id), ticket, actor)


def locked_of(organization, ticket, actor):
    """As `locked_in_organization`, where the organization is held already."""
    allow(actor.is_agent or not organization.is_suspended)
    ticket = locked(ticket)
    ticket.organization = organization
    return ticket


def lock_organization(pk, **more):
    """The organization as it is now, under lock until the transaction ends; `more` is read in the
    same statement: see `once.sent_before`."""
    # Alone: joined to its plan, a row whose plan changed while this waited would not be found.
    held = Organization.objects.select_for_update(no_key=True).annotate(**_asked(more))
    return _with_the_rest(held.get(pk=pk), more)


def lock_person(user):
    """Serialise what one person sends, so that limits and the check of double clicks hold: what
    they sent before is read by a later statement, which sees all of it.

    Refuses somebody who was deactivated meanwhile.
    """
    held = User.objects.select_for_update(no_key=True).filter(pk=user.pk)
    allow(held.values_list("is_active", flat=True).get())


def is_repeated(ticket, actor, kind):
    """Whether the latest that happened to the ticket is this act of this person.

    Sent once more, as by a double click or after a lost answer, it has its result already.
    """
    return ticket.events.latest_act() == (kind, actor.pk)


def check(move, actor):
    """Refuse a transition that the state or the person's rights do not allow."""
    # The state first: without a transition from it the library denies the right as well.
    if not can_proceed(move):
        raise refusal(move.__self__)
    allow(has_transition_perm(move, actor))


def allow(permitted):
    """Refuse what is not a move of status and not this person's to do."""
    if not permitted:
        raise TicketError(_("You are not allowed to do this with the ticket."), code="forbidden")


def check_reopening(ticket, now):
    """Refuse to reopen what has been closed for too long. Raises ClosedForLong."""
    if is_closed_for_long(ticket, now):
        raise ClosedForLong(
            _(
                "This ticket has been closed for too long to be reopened. What you write opens a "
                "new ticket that is linked to it."
            )
        )


def refusal(ticket):
    """Why the ticket cannot make the move, in words."""
    if ticket.is_closed:
        return TicketClosed(_("This ticket was closed in the meantime."))
    return TicketError(
        _("The ticket is now “%(status)s”; this is no longer possible.")
        % {"status": ticket.get_status_display()},
        code="moved",
    )


def check_version(ticket, seen_version):
    """Refuse a form that was made from an older row."""
    if seen_version is not None and seen_version != ticket.version:
        raise StaleTicket(
            _("The ticket has changed since you opened this page. Check it, then send again.")
        )


def promise_for(ticket):
    """What the organization's plan promises now; None while the organization is suspended."""
    return promise_to(ticket.organization)


def promise_to(organization):
    """What the plan promises an organization now; None while it is suspended."""
    return None if organization.is_suspended else promise_now(organization.plan_id)


def response_kind(ticket):
    """A first response as long as no public agent message exists, else a next one."""
    if ticket.messages.public_of_staff().exists():
        return Clock.Kind.NEXT_RESPONSE
    return Clock.Kind.FIRST_RESPONSE


def start_waiting(change):
    """Something waits for an answer from now: more of it does not restart the clock.

    Where something waited without a commitment until now, the clock starts now, never before.
    """
    ticket, now = change.ticket, change.now
    if ticket.waiting_since is None:
        ticket.waiting_since = now
    # Asked where a clock runs already, too: the same statements for every message.
    promise = promise_for(ticket)
    if change.clocks.response is not None or not promise:
        return
    if promise.cell(ticket.priority).target is not None:
        kind = Clock.Kind.NEXT_RESPONSE if change.was_answered else response_kind(ticket)
        change.clocks.start(promise, kind=kind, at=now)


def stop_waiting(ticket):
    """An answer or a close settles all that waited, for good."""
    if ticket.waiting_since is not None:
        ticket.waiting_since = None
        ticket.messages.waiting().update(is_waiting=False)


def start_auto_close(ticket, *, now):
    """Restart the 48 hours; this lifts a hold."""
    ticket.auto_close_at = now + AUTO_CLOSE_AFTER
    ticket.auto_close_remind_at = ticket.auto_close_at - REMIND_BEFORE_CLOSE
    _forget_hold(ticket)


def stop_auto_close(ticket):
    """In memory: neither the 48 hours nor a hold of them."""
    ticket.auto_close_at = ticket.auto_close_remind_at = None
    _forget_hold(ticket)


def _forget_hold(ticket):
    ticket.auto_close_held_at = None
    ticket.auto_close_hold_code = ticket.auto_close_hold_reason = ""


def write(ticket, *, author, content, kind, now, **marks):
    """Add a message with its files; a public one moves what customers see of the time.

    The draft that it was goes with it.
    """
    message = prepare_message(ticket, author=author, content=content, kind=kind, now=now, **marks)
    message.save(force_insert=True)
    attach(message, content.files)
    drop_draft(ticket, author=author, content=content, kind=kind)
    if not message.is_note:
        take_last_public(ticket, message)
    return message


def drop_draft(ticket, *, author, content, kind):
    """Remove the draft that was sent; only a form has one."""
    if content.form_key:
        MessageDraft.objects.of(author, ticket).sent_as(kind, content).delete()


def prepare_message(ticket, *, author, content, kind, now, **marks):
    """An unsaved message; `marks` are further fields of it. Raises TicketError for an empty one."""
    if is_blank(content.body):
        raise TicketError(_("Enter a message."), code="empty")
    if ticket.has_lost_contents:
        raise TicketError(
            _(
                "The contents of this ticket were removed, and nothing more is written on it. What "
                "you write can be sent as a new ticket."
            ),
            code="removed",
        )
    return Message(
        ticket=ticket,
        author=author,
        kind=kind,
        is_from_staff=bool(author.staff_role),
        body=content.body,
        body_folded=fold(content.body),
        channel=content.channel,
        aside=content.aside,
        sent_from=content.sent_from,
        created_at=now,
        form_key=content.form_key,
        **marks,
    )


def take_last_public(ticket, message):
    """In memory: let the ticket's row say who spoke last in public, and when."""
    ticket.last_public_message, ticket.last_public_message_at = message, message.created_at
    ticket.support_spoke_last = message.is_from_staff


def attach(message, files, *, uploaded_by=None):
    """Hand the person's pending uploads to the message. Raises TicketError when one is gone."""
    if not files:
        return
    if len(files) > settings.ATTACHMENTS_PER_MESSAGE:
        raise TicketError(too_many_files(), code="too_many_files")
    keys = [file.pk for file in files]
    pending = Attachment.objects.pending_of(uploaded_by or message.author).filter(pk__in=keys)
    if pending.update(message=message) != len(set(keys)):
        raise TicketError(file_gone(), code="file_gone")


def file_gone():
    return _("A file is no longer available. Attach it again.")


def too_many_files():
    limit = settings.ATTACHMENTS_PER_MESSAGE
    return ngettext("Attach at most %(limit)s file.", "Attach at most %(limit)s files.", limit) % {
        "limit": number(limit)
    }

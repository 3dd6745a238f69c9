"""Opening a ticket, by a member or by an agent for one."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from organizations.models import User
from plans.models import Priority
from plans.transactions import in_transaction
from tickets import permissions, rows
from tickets.choices import Category
from tickets.errors import TicketError
from tickets.models import Clock, Event, Message, Ticket
from tickets.search.folding import alphabetical, fold
from ui.names import is_blank

from . import base, once
from .changing import opening
from .routing import team_of_category


@dataclass(frozen=True)
class Draft:
    """What the form of a new ticket holds. `files` are pending uploads of the one who opens.

    Of a follow-up also the ticket that it `follows`, and the message as it was `sent`.
    """

    title: str
    description: str
    category: str
    priority: str = Priority.NORMAL
    files: tuple = ()
    follows: Ticket | None = None
    sent: base.NewMessage | None = None


@in_transaction
def open_ticket(*, requester, opened_by, organization, draft, form_key=None, now=None):
    """Open a ticket; its description is the first message and waits at once.

    The same form sent twice gives the ticket that the first sending made; with other content it
    raises AlreadySent. Raises TicketError for a person who is no member, a suspended organization,
    and more than an hour allows.
    """
    base.lock_person(opened_by)
    now = now or timezone.now()
    # A change of plan waits for this ticket, or this ticket for it: never a mix of both.
    held = base.lock_organization(
        organization.pk,
        **once.sent_before(requester, form_key, or_by=_others(requester, opened_by, organization)),
        **team_of_category(draft.category),
        description_key=rows.ReservedKey(Message),
        **once.sent_lately(Ticket.objects.opened_since(opened_by, now - timedelta(hours=1))),
    )
    if held.sent_before is not None:
        return _opened_before(held.sent_before, requester, organization, draft)
    check_opening(requester, opened_by, organization, draft)
    organization = held
    if not opened_by.is_agent:
        once.check_rate(organization.sent_lately, settings.TICKETS_PER_HOUR)
    base.allow(not organization.is_suspended)
    ticket = new_row(requester, opened_by, organization, draft, now)
    ticket.team_id = held.team_of_category
    description = _describe(ticket, draft, form_key, now)
    description.pk = held.description_key
    promise = base.promise_for(ticket)
    with opening(ticket, description, actor=opened_by, now=now) as change:
        change.clocks.start(promise, kind=Clock.Kind.FIRST_RESPONSE, at=now)
        change.clocks.start(promise, kind=Clock.Kind.RESOLUTION, at=now)
        follows = {"follows": draft.follows.pk} if draft.follows else {}
        change.record(Event.Kind.OPENED, message=description, **follows)
    base.attach(description, draft.files, uploaded_by=opened_by)
    return ticket


def _others(requester, opened_by, organization):
    """Whose messages the form may have made before, where that is not clear: the description counts
    as the requester's, and an agent may have chosen another one then."""
    if requester == opened_by:
        return None
    return User.objects.members_of(organization).order_by().values("pk")


def _opened_before(key, requester, organization, draft):
    """The ticket that the form opened before. Raises AlreadySent where it was another one."""
    sent = Message.objects.select_related("ticket").get(pk=key)
    opened = sent.ticket.events.filter(kind=Event.Kind.OPENED, message=sent).exists()
    is_same = opened and sent.author_id == requester.pk and _says(sent, organization, draft)
    if is_same and once.has_files(sent, draft.files):
        return sent.ticket
    raise once.sent_otherwise(sent)


def _says(message, organization, draft):
    """Whether the ticket that `message` opened was opened with what the draft holds."""
    ticket = message.ticket
    first_of = {"category": ticket.category, "priority": ticket.priority}
    for changes in ticket.events.order_by("-pk").values_list("changes", flat=True):
        first_of |= {fact: changes[fact][0] for fact in first_of if fact in changes}
    return (ticket.organization_id, ticket.title, message.body, *first_of.values()) == (
        organization.pk,
        draft.title,
        draft.description,
        draft.category,
        draft.priority,
    )


def check_opening(requester, opened_by, organization, draft):
    """Refuse a person who may not, and a draft that is not complete. Raises TicketError."""
    probe = Ticket(organization=organization)
    if not permissions.may_write_as_customer(probe, requester):
        raise TicketError(
            _("This person cannot open tickets for the organization."), code="forbidden"
        )
    base.allow(opened_by == requester or permissions.may_work(probe, opened_by))
    if is_blank(draft.title):
        raise TicketError(_("Enter a title."), code="empty")
    if draft.category not in Category.values or draft.priority not in Priority.values:
        raise TicketError(_("Choose from the list."), code="unknown")


def new_row(requester, opened_by, organization, draft, now):
    """The row of a ticket that is being opened; what it describes waits."""
    return Ticket(
        organization=organization,
        requester=requester,
        opened_by=opened_by,
        title=draft.title,
        title_folded=fold(draft.title)[:400],
        title_place=alphabetical(fold(draft.title)),
        category=draft.category,
        priority=draft.priority,
        created_at=now,
        updated_at=now,
        public_updated_at=now,
        last_public_message_at=now,
        waiting_since=now,
        version=0,
    )


def _describe(ticket, draft, form_key, now):
    """The description, unsaved, counts as the requester's, whoever typed it."""
    return base.prepare_message(
        ticket,
        author=ticket.requester,
        content=draft.sent or base.NewMessage(draft.description, form_key=form_key),
        kind=Message.Kind.PUBLIC,
        now=now,
        is_waiting=True,
    )

"""Links between tickets, and the follow-up of one that is closed for long."""

from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext as _

from organizations.models import User
from plans.models import Priority
from plans.transactions import in_transaction
from tickets import permissions
from tickets.choices import OPPOSITES, MessageKind, Relation
from tickets.errors import StaleTicket, TicketError
from tickets.models import Event, TicketLink, Watcher
from tickets.reopening import is_closed_for_long

from . import base
from .changing import changing
from .opening import Draft, open_ticket

MOST_LINKS = 50
# What people choose; a follow-up comes about by itself.
CHOSEN = [Relation.RELATED, Relation.CAUSED_BY, Relation.CAUSES]


@base.to_merge_target
@in_transaction
def follow_up(ticket, *, actor, content, priority=Priority.NORMAL, now=None):
    """Open a new ticket that continues one which can no longer be reopened: with its title,
    category and watchers, for its requester, or for the member who writes.

    What an agent writes counts as the requester's, as in any ticket that is opened for a member.
    The same form sent twice gives the same ticket. Raises StaleTicket while the old ticket may
    still be reopened, and TicketError as `open_ticket` does.
    """
    now = now or timezone.now()
    if not is_closed_for_long(ticket, now):
        raise StaleTicket(
            _("The ticket has changed since you opened this page. Check it, then send again.")
        )
    draft = Draft(
        title=_title_after(ticket),
        description=content.body,
        category=ticket.category,
        priority=priority,
        files=content.files,
        follows=ticket,
        sent=replace(content, files=()),
    )
    new = open_ticket(
        requester=ticket.requester if actor.is_agent else actor,
        opened_by=actor,
        organization=ticket.organization,
        draft=draft,
        form_key=content.form_key,
        now=now,
    )
    if not TicketLink.objects.is_follow_up(new, ticket):
        link_rows(new, ticket, Relation.FOLLOWS, actor, now)
        _copy_watchers(ticket, new, actor, now)
    # It was written on the page of the old ticket.
    base.drop_draft(ticket, author=actor, content=content, kind=MessageKind.PUBLIC)
    return new


def _title_after(ticket):
    if ticket.has_lost_contents:
        return _("Follow-up of %(number)s") % {"number": ticket.number}
    return ticket.title


def _copy_watchers(old, new, actor, now):
    """Who watched the old ticket and still belongs to its organization watches the new one; so does
    its requester where a colleague goes on."""
    people = {*old.watchers.values_list("user", flat=True), old.requester_id} - {new.requester_id}
    members = User.objects.members_of(old.organization).filter(pk__in=people)
    Watcher.objects.bulk_create(
        Watcher(ticket=new, user=each, added_by=actor, added_at=now)
        for each in members.order_by("pk")
    )


@in_transaction
def link_tickets(ticket, *, actor, other, relation, now=None):
    """Say what `other` (a ticket that the agent may see) is to the ticket, with an event on both.

    A link that is there already is kept, or becomes the other relation. Raises TicketError for a
    link to itself, a relation that people do not choose, or more than MOST_LINKS.
    """
    if relation not in CHOSEN:
        raise TicketError(_("Choose from the list."), code="relation")
    if other.pk == ticket.pk:
        raise TicketError(_("A ticket cannot be linked to itself."), code="number")
    ticket, other = locked_pair(ticket, other)
    now = now or timezone.now()
    base.allow(permissions.may_work(ticket, actor))
    base.refuse_merged(ticket)
    base.refuse_merged(other)
    present = dict(ticket.links.values_list("other", "relation"))
    if present.get(other.pk) == relation:
        return ticket
    if present.get(other.pk) in {Relation.FOLLOWS, Relation.CONTINUED}:
        raise TicketError(_("One of the two is the follow-up of the other."), code="number")
    if max(len(present), other.links.count()) >= MOST_LINKS:
        raise TicketError(_("There are too many links to this ticket."), code="number")
    _unlink(ticket, other)
    link_rows(ticket, other, relation, actor, now)
    _record(ticket, other, actor, now, Event.Kind.LINKED, relation)
    return ticket


@in_transaction
def unlink_tickets(ticket, *, actor, other, now=None):
    """End a link that an agent made, with an event on both; without one nothing happens."""
    ticket, other = locked_pair(ticket, other)
    now = now or timezone.now()
    base.allow(permissions.may_work(ticket, actor))
    relation = ticket.links.filter(other=other, relation__in=CHOSEN).values_list("relation").first()
    if relation is not None:
        _unlink(ticket, other)
        _record(ticket, other, actor, now, Event.Kind.UNLINKED, relation[0])
    return ticket


def locked_pair(*tickets):
    """Both under lock, by number first: two people may link the same two at once."""
    by_number = sorted(tickets, key=lambda each: each.pk)
    held = {each.pk: base.locked_though_merged(each) for each in by_number}
    return [held[each.pk] for each in tickets]


def link_rows(ticket, other, relation, actor, now):
    made = {"created_by": actor, "created_at": now}
    TicketLink.objects.bulk_create(
        [
            TicketLink(ticket=ticket, other=other, relation=relation, **made),
            TicketLink(ticket=other, other=ticket, relation=OPPOSITES[relation], **made),
        ]
    )


def _unlink(ticket, other):
    pair = [ticket.pk, other.pk]
    TicketLink.objects.filter(ticket__in=pair, other__in=pair).delete()


def _record(ticket, other, actor, now, kind, relation):
    for one, another, what in ((ticket, other, relation), (other, ticket, OPPOSITES[relation])):
        with changing(one, actor=actor, now=now) as change:
            change.record(kind, other=another.pk, relation=str(what))

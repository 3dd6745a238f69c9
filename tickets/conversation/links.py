"""The tickets that belong to a ticket, as its page names them."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from tickets.choices import Relation
from tickets.models import Ticket
from tickets.prepared import Prepared

# So many are shown; no ticket has more.
MOST_SHOWN = 50
SHOWN = ("id", "title", "status", "relation")


@dataclass(frozen=True)
class Linked:
    """One ticket that belongs to another one, and what it is to that."""

    relation: str
    pk: int
    number: str
    title: str
    status: str
    url: str
    is_removable: bool


def linked_tickets(ticket, viewer):
    """The tickets linked to `ticket` that the viewer may see, the latest first, in one query."""
    found = _of_staff.rows(ticket=ticket.pk) if viewer.is_agent else _seen_by(viewer, ticket)
    return [_linked(each, viewer) for each in found]


@Prepared
def _of_staff(ticket):
    return Ticket.objects.linked_with(ticket).values_list(*SHOWN, named=True)[:MOST_SHOWN]


def _seen_by(member, ticket):
    if (membership := member.only_membership) is None:
        linked = Ticket.objects.visible_to(member).linked_with(ticket)
        return linked.values_list(*SHOWN, named=True)[:MOST_SHOWN]
    where = {"organization": membership.organization_id, "person": member.pk}
    return _of_member.rows(membership.sees_all, ticket=ticket.pk, **where)


@Prepared
def _of_member(sees_all, ticket, organization, person):
    seen = Ticket.objects.visible_in(organization, person, sees_all=sees_all)
    return seen.linked_with(ticket).values_list(*SHOWN, named=True)[:MOST_SHOWN]


def _linked(other, viewer):
    relation = Relation(other.relation)
    by_hand = relation not in {Relation.FOLLOWS, Relation.CONTINUED}
    number = f"{settings.TICKET_PREFIX}-{other.id}"
    page = "queue:detail" if viewer.is_agent else "tickets:detail"
    return Linked(
        relation=relation.label,
        pk=other.id,
        number=number,
        title=other.title,
        status=other.status,
        url=reverse(page, args=[number]),
        is_removable=viewer.is_agent and by_hand,
    )

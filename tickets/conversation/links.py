"""The tickets that belong to a ticket, as its page names them."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from tickets import services
from tickets.choices import Relation
from tickets.models import Ticket
from tickets.prepared import Prepared

# So many are shown; no ticket has more.
MOST_SHOWN = 50
SHOWN = ("id", "title", "status", "relation", "closed_at")


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
    # Whether it was merged here so lately that it can be separated again, and none was after it.
    is_separable: bool


def merged_sentence(key):
    """Why the page of a ticket leads to another one."""
    return _("%(number)s was merged into this ticket.") % {"number": Ticket(pk=key).number}


def linked_tickets(ticket, viewer, now):
    """The tickets linked to `ticket` that the viewer may see, the latest first, in one query."""
    found = _of_staff.rows(ticket=ticket.pk) if viewer.is_agent else _seen_by(viewer, ticket)
    merged = [each.closed_at for each in found if each.relation == Relation.HOLDS]
    last = max(filter(None, merged), default=None)
    return [_linked(each, viewer, now, last) for each in found]


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


def _linked(other, viewer, now, last):
    relation = Relation(other.relation)
    is_lately = other.closed_at == last is not None and now < last + services.UNDO_WITHIN
    number = f"{settings.TICKET_PREFIX}-{other.id}"
    page = "queue:detail" if viewer.is_agent else "tickets:detail"
    return Linked(
        relation=relation.label,
        pk=other.id,
        number=number,
        title=other.title,
        status=other.status,
        url=reverse(page, args=[number]),
        is_removable=viewer.is_agent and relation in services.CHOSEN,
        is_separable=viewer.is_agent and relation == Relation.HOLDS and is_lately,
    )

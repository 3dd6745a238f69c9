"""The tickets that belong to a ticket, as its page names them."""

from dataclasses import dataclass

from tickets.choices import Relation
from tickets.models import Ticket

# So many are shown; no ticket has more.
MOST_SHOWN = 50


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
    found = Ticket.objects.visible_to(viewer).linked_with(ticket)[:MOST_SHOWN]
    return [_linked(each, viewer) for each in found]


def _linked(other, viewer):
    relation = Relation(other.relation)
    by_hand = relation not in {Relation.FOLLOWS, Relation.CONTINUED}
    return Linked(
        relation=relation.label,
        pk=other.pk,
        number=other.number,
        title=other.title,
        status=other.status,
        url=other.get_queue_url() if viewer.is_agent else other.get_absolute_url(),
        is_removable=viewer.is_agent and by_hand,
    )

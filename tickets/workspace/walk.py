"""From ticket to ticket within the list that an agent came from, which its address names."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from tickets.lists.counts import count_up_to
from tickets.lists.filters import Reader
from tickets.lists.pages import following, preceding
from tickets.models import Ticket

from .query import QueueQuery

# The parameter that holds the query string of the list; empty for the queue itself.
PARAMETER = "list"


@dataclass(frozen=True)
class Walk:
    """Where a ticket is in a list. `position` is None for one that is not in it, or not any more;
    `previous` and `next` are the addresses of the tickets beside its place, None at an end."""

    list_url: str
    position: int | None
    total: int
    previous: str | None
    next: str | None


def suffix(params):
    """What an address needs so that the list goes along; "" where there is none."""
    if PARAMETER not in params:
        return ""
    return suffix_of(QueueQuery.from_address(params[PARAMETER]))


def suffix_of(wanted):
    """As `suffix`, of the list of a query."""
    return "?" + urlencode({PARAMETER: wanted.query})


def walk_of(ticket, agent, params, *, now):
    """The Walk of an address' parameters in three queries, or None where they name no list."""
    if PARAMETER not in params:
        return None
    wanted = QueueQuery.from_address(params[PARAMETER])
    tickets = _tickets_of(wanted, agent, now)
    before, after = _beside(tickets, ticket, wanted)
    numbers = count_up_to(
        {"all": tickets, "here": tickets.filter(pk=ticket.pk), "before": before.order_by()}
    )
    return Walk(
        list_url=list_url(wanted),
        position=numbers["before"] + 1 if numbers["here"] else None,
        total=numbers["all"],
        previous=_url(before.first(), wanted),
        next=_url(after.first(), wanted),
    )


def next_in_list(ticket, agent, params, *, now):
    """The address of the ticket after this one in the list of an address' parameters, or None."""
    wanted = QueueQuery.from_address(params[PARAMETER])
    _before, after = _beside(_tickets_of(wanted, agent, now), ticket, wanted)
    return _url(after.first(), wanted)


def list_url(wanted):
    return list_at(wanted.query)


def list_at(query):
    """The address of the list with that query string."""
    return reverse("queue:list") + (f"?{query}" if query else "")


def _tickets_of(wanted, agent, now):
    everything = Ticket.objects.visible_to(agent)
    return wanted.sorted(wanted.apply(everything, Reader(agent, now))).only("pk")


def _beside(tickets, ticket, wanted):
    """(the tickets before, the nearest first, the tickets after), none where it has no place."""
    if "place" in [name.lstrip("-") for name in wanted.order]:
        # The page of a ticket is read without its place among others.
        ticket = wanted.sorted(Ticket.objects.of_number(ticket.pk)).get()
    if any(getattr(ticket, name.lstrip("-")) is None for name in wanted.order):
        return tickets.none(), tickets.none()
    return (
        preceding(tickets, ticket, order=wanted.order),
        following(tickets, ticket, order=wanted.order),
    )


def _url(ticket, wanted):
    return ticket and ticket.get_queue_url() + suffix_of(wanted)

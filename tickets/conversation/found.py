"""What a search found in the tickets of a page: the title and the message with the words marked."""

from dataclasses import dataclass

from tickets.models import Message
from tickets.search.excerpts import excerpt, highlighted
from tickets.search.folding import search_terms, squash


@dataclass(frozen=True)
class Found:
    """Where the words stand in one ticket. `text` is the excerpt; "" where no message has them."""

    title: str
    text: str = ""
    is_note: bool = False


def mark_found(tickets, text, reader):
    """Give each of the page's `tickets` as `found` what the search for `text` matched in it.

    One statement for all of them, of messages that `reader` may see.
    """
    terms = search_terms(text)
    if not terms or not tickets:
        return
    best = {}
    messages = Message.objects.visible_to(reader).of_tickets(tickets).with_any_of(terms)
    for message in messages:
        squashed = squash(message.body_folded)
        rank = sum(term in squashed for term in terms)
        if rank >= best.get(message.ticket_id, (0, None))[0]:
            best[message.ticket_id] = rank, message
    for ticket in tickets:
        title = highlighted(ticket.title, terms)
        _rank, message = best.get(ticket.pk, (0, None))
        ticket.found = (
            Found(title, excerpt(message.body, terms), message.is_note) if message else Found(title)
        )

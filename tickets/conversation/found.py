"""What a search found in the tickets of a page: the title and the message with the words marked."""

from dataclasses import dataclass

from tickets.models import Message
from tickets.search.excerpts import excerpt, highlighted
from tickets.search.folding import search_terms, squash

# So many matching messages of a page's tickets are read: long conversations repeat their words.
MOST_MESSAGES = 200


@dataclass(frozen=True)
class Found:
    """The hits of a search in one ticket. `text` is the excerpt, "" where no message has a hit."""

    title: str
    text: str = ""
    is_note: bool = False


def mark_found(tickets, text, reader):
    """Set `found` on each of the page's `tickets`: where the search for `text` matched.

    One statement for all of them, over messages that `reader` may see; of very many matching
    messages only the latest are read.
    """
    terms = search_terms(text)
    if not terms or not tickets:
        return
    best = {}
    messages = Message.objects.visible_to(reader).of_tickets(tickets).with_any_of(terms)
    for message in messages[:MOST_MESSAGES]:
        squashed = squash(message.body_folded)
        rank = sum(term in squashed for term in terms)
        if rank > best.get(message.ticket_id, (0, None))[0]:
            best[message.ticket_id] = rank, message
    for ticket in tickets:
        title = highlighted(ticket.title, terms)
        _rank, message = best.get(ticket.pk, (0, None))
        ticket.found = (
            Found(title, excerpt(message.body, terms), message.is_note) if message else Found(title)
        )

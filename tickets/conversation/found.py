"""What a search found in the tickets of a page: the title and the message with the words marked."""

from dataclasses import dataclass

from django.utils.html import strip_tags

from tickets.models import Message
from tickets.search.excerpts import excerpt, highlighted
from tickets.search.folding import search_terms, squash
from ui.markup import reading_direction

# So many matching messages of a page's tickets are read: long conversations repeat their words.
MOST_MESSAGES = 200


@dataclass(frozen=True)
class Found:
    """The hits of a search in one ticket. `text` is the excerpt, "" where no message has a hit."""

    title: str
    text: str = ""
    is_note: bool = False

    @property
    def direction(self):
        """From which side the excerpt is read."""
        return reading_direction(strip_tags(self.text))


def hits_of(rows, text, reader):
    """{key: Found} of the tickets of a page: where the search for `text` matched.

    One statement for all of them, over messages that `reader` may see; of very many matching
    messages only the latest are read.
    """
    terms = search_terms(text)
    if not terms or not rows:
        return {}
    best = {}
    messages = Message.objects.visible_to(reader).of_tickets([row.id for row in rows])
    messages = messages.with_any_of(terms)
    for message in messages[:MOST_MESSAGES]:
        squashed = squash(message.body_folded)
        rank = sum(term in squashed for term in terms)
        if rank > best.get(message.ticket_id, (0, None))[0]:
            best[message.ticket_id] = rank, message
    return {row.id: _found(row.title, best.get(row.id, (0, None))[1], terms) for row in rows}


def _found(title, message, terms):
    title = highlighted(title, terms)
    if message is None:
        return Found(title)
    return Found(title, excerpt(message.body, terms), message.is_note)

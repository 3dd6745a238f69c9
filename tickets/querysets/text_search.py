"""Which tickets a search finds: the newest of those with every word that was typed.

PostgreSQL has trigram indexes of titles and messages (migration `index_text`). A rare word is found
by them; a common one is found sooner by a walk from the newest ticket on. Samples tell which: one
of the newest messages and one of every age, for what nobody wrote today may be common.
"""

import re
from dataclasses import dataclass

from django.db import connections
from django.db.models import OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Replace
from django.db.models.lookups import IsNull

from tickets.choices import MessageKind
from tickets.search.folding import fold, search_terms, squash

# A search shows so many tickets at most, the newest.
MOST_FOUND = 200
# How many of the newest messages are looked at to learn how common a word is.
SAMPLE = 300
# A walk ends after so many tickets: what is looked for is common then, but never comes together.
LONGEST_WALK = 10_000
# An earlier number is no longer than this, and no more tickets share one, of several systems.
LONGEST_NUMBER, MOST_OF_NUMBER = 40, 20
# Of fewer letters or digits together there is no trigram.
_INDEXED = re.compile(r"[^\W_]{3}")


@dataclass(frozen=True)
class Found:
    """The ids of the tickets found, the newest first, and whether there may be more of them."""

    ids: list
    is_partial: bool


class TextSearch:
    """A search of `tickets` for a text, or for the ticket of a number, on behalf of `reader`."""

    def __init__(self, tickets, text, reader, number=None):
        self.tickets, self.reader = tickets, reader
        self.numbers = [*([] if number is None else [number]), *self._of_earlier_number(text)]
        self.terms = search_terms(text)
        messages = tickets.model.messages.rel.related_model.objects.visible_to(reader).order_by()
        self.messages = messages.alias(squashed=_squashed("body_folded"))

    def _of_earlier_number(self, text):
        """The ids of imported tickets that had this number in the system before. Asks for what may
        be one alone: a short text with a digit in it."""
        typed = squash(fold(text)).removeprefix("#")
        if len(typed) > LONGEST_NUMBER or not any(char.isdigit() for char in typed):
            return []
        found = self.tickets.model.objects.imported_as(typed)
        return list(found.values_list("pk", flat=True)[:MOST_OF_NUMBER])

    def find(self):
        """The newest MOST_FOUND tickets that match."""
        if not self.terms:
            return _cut(self.tickets.filter(pk__in=self.numbers).values_list("pk", flat=True))
        if connections[self.tickets.db].vendor != "postgresql":
            return _cut(self.walk())
        # Two statements, however common the words are; one more where a walk came to nothing.
        newest, of_all, last = self._shares()
        if term := _rare_term(newest, of_all, last):
            return _cut(self.by_index(term))
        return self._walked()

    def _walked(self):
        """What the longest walk finds. Where it ends is asked in the same statement, as None where
        it came to all tickets."""
        end = Subquery(self._ids()[LONGEST_WALK : LONGEST_WALK + 1])
        rows = list(self.walk(after=Coalesce(end, 0)).values_list("pk", end))
        ended_at = rows[0][1] if rows else self._ids()[LONGEST_WALK:].first()
        found = _cut(pk for pk, _end in rows)
        return Found(found.ids, found.is_partial or ended_at is not None)

    def _ids(self):
        return self.tickets.order_by("-pk").values_list("pk", flat=True)

    def walk(self, *, after=0):
        """The ids of what matches, from the newest ticket on to the one of the number `after`."""
        tickets = self.tickets.filter(pk__gt=after)
        return self._newest(tickets, self.terms)

    def by_index(self, term):
        """The ids of what matches: those with one term are found first, then asked for the rest."""
        every = _with_squashed_title(self.tickets.model.objects.order_by())
        titles = every.filter(squashed__contains=term).values("pk")
        messages = self.messages.filter(squashed__contains=term).values("ticket")
        found = titles.union(messages, every.filter(pk__in=self.numbers).values("pk"))
        others = [each for each in self.terms if each != term]
        return self._newest(self.tickets.filter(pk__in=found), others)

    def _newest(self, tickets, terms):
        matching = _with_squashed_title(tickets).filter(
            Q(pk__in=self.numbers) | self._has_all(terms)
        )
        return matching.order_by("-pk").values_list("pk", flat=True)[: MOST_FOUND + 1]

    def _has_all(self, terms):
        """Each in the title or in a message of the ticket, not all in the same one."""
        found = ~Q(pk__in=())
        for term in terms:
            found &= self._has(term)
        return found

    def _has(self, term):
        messages = self.messages.filter(ticket=OuterRef("pk"), squashed__contains=term)
        # Of `Exists` the planner may read all messages at once; a value is asked row by row.
        in_messages = IsNull(Subquery(messages.values("pk")[:1]), False)
        return Q(squashed__contains=term) | in_messages

    def _shares(self):
        """In one query: of each term that the index knows its share among the newest messages that
        the reader may see, and among some of every age, whoever may; and the highest id of a
        message, which is about how many there are."""
        terms = [term for term in self.terms if _INDEXED.search(term)]
        counts = [sql for _term in terms for sql in (", count(*) FILTER (WHERE", _HAS_TERM, ")")]
        readable = "" if self.reader.is_agent else f"WHERE kind = '{MessageKind.PUBLIC}'"
        sql = _SAMPLES.format(counts=" ".join(counts), readable=readable, size=SAMPLE)
        with connections[self.tickets.db].cursor() as cursor:
            cursor.execute(sql, [term for term in terms for _place in ("text", "title")])
            rows = {is_newest: row for is_newest, *row in cursor.fetchall()}
        none = [0, 1, *(0 for _term in terms)]
        last, size, *newest = rows.get(True, none)
        _last, size_of_all, *of_all = rows.get(False, none)
        return (
            {term: count / size for term, count in zip(terms, newest, strict=True)},
            {term: count / size_of_all for term, count in zip(terms, of_all, strict=True)},
            last,
        )


# Of 300 newest messages and 300 of every age, how many have each term in their text or in the title
# of their ticket. Put together by Django it takes longer than the answer; each message and title is
# asked for by its key, for a join reads whole tables.
_SAMPLES = """
SELECT sampled.is_newest, max(shown.id), count(*) {counts} FROM (
    (SELECT id, true AS is_newest FROM tickets_message {readable} ORDER BY id DESC LIMIT {size})
    UNION ALL
    SELECT (SELECT max(id) FROM tickets_message) * (2 * place + 1) / (2 * {size}), false
    FROM generate_series(0, {size} - 1) place
) sampled CROSS JOIN LATERAL (
    SELECT id, replace(body_folded, ' ', '') AS body,
        (SELECT replace(title_folded, ' ', '') FROM tickets_ticket WHERE id = ticket_id) AS title
    FROM tickets_message WHERE id = sampled.id OFFSET 0
) shown GROUP BY sampled.is_newest"""
_HAS_TERM = "strpos(shown.body, %s) > 0 OR strpos(shown.title, %s) > 0"


def _rare_term(newest, of_all, last):
    """The term by which the index finds the tickets sooner than a walk, or None; by the shares of
    each among the newest of about `last` messages and among all."""
    rarest = min(newest, key=lambda term: (of_all[term], newest[term]), default=None)
    # By the index all messages with it are read, by a walk MOST_FOUND / share.
    if rarest is None or of_all[rarest] * last > LONGEST_WALK:
        return None
    # What the newest alone have is of these days: a walk would soon find no more of it.
    is_rare = not of_all[rarest] or newest[rarest] ** 2 * last <= MOST_FOUND
    return rarest if is_rare else None


def _squashed(field):
    """Folded text as `squash` leaves it, in the database."""
    return Replace(field, Value(" "), Value(""), output_field=TextField())


def _with_squashed_title(tickets):
    return tickets.alias(squashed=_squashed("title_folded"))


def _cut(ids):
    ids = list(ids)
    return Found(ids[:MOST_FOUND], len(ids) > MOST_FOUND)

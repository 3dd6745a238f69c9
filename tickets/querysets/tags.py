"""Which tags there are, and those of many tickets in the statement that reads the tickets."""

from typing import NamedTuple

from django.db import models
from django.db.models import CharField, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat

from tickets.lists.counts import CountOf


class TagMark(NamedTuple):
    """A tag as it is shown on a ticket."""

    pk: int
    colour: str
    name: str


# Between the parts of a tag and between tags: a name has neither.
PART, LINE = "\t", "\n"


class TagQuerySet(models.QuerySet):
    def known(self):
        """Those that were not merged into another, by name."""
        return self.filter(merged_into=None).order_by("place", "pk")

    def in_use(self):
        """Those that agents may put on tickets."""
        return self.known().filter(retired_at=None)

    def standing_for(self, keys):
        """The known ones of these keys; for those that were merged, those that they went into."""
        keys = list(keys)
        return self.known().filter(Q(pk__in=keys) | Q(merged__in=keys)).distinct()

    def with_number_of_tickets(self):
        """With `number_of_tickets`, counted no farther than a page can say."""
        return self.annotate(number_of_tickets=CountOf(self._marks()))

    def with_tickets_to_move(self):
        """The merged ones that are still on tickets: these follow in the worker."""
        return self.exclude(merged_into=None).filter(Exists(self._marks())).order_by("pk")

    def merged_as(self, keys):
        """The keys of those that the ones of these keys were merged into."""
        return (
            self.filter(pk__in=keys).exclude(merged_into=None).values_list("merged_into", flat=True)
        )

    def _marks(self):
        marks = self.model.ticket_tags.rel.related_model.objects
        return marks.filter(tag=OuterRef("pk")).order_by()

    def of_key(self, key):
        """The one of that key, merged or not, or None."""
        return self.filter(pk=key).first()

    def keyed(self, key):
        """The known one of that key, or None."""
        return self.filter(pk=key, merged_into=None).first()

    def named(self, key):
        """The known one whose name is the same for readers, or None."""
        return self.filter(name_key=key, merged_into=None).first()


class TagsOf(Subquery):
    """The tags of each ticket as one text, which `tags_in` reads: a line each, by name."""

    template = "(SELECT string_agg(of_ticket.tag_text, chr(10)) FROM (%(subquery)s) of_ticket)"
    output_field = CharField()

    def __init__(self, of_tickets):
        text = Concat(
            F("tag__pk"),
            Value(PART),
            F("tag__colour"),
            Value(PART),
            F("tag__name"),
            output_field=CharField(),
        )
        own = of_tickets.filter(ticket=OuterRef("pk")).order_by("tag__place", "tag")
        super().__init__(own.annotate(tag_text=text).values("tag_text"))

    def as_sqlite(self, compiler, connection, **extra):
        template = self.template.replace("string_agg", "group_concat").replace("chr", "char")
        return self.as_sql(compiler, connection, template=template, **extra)


def tags_in(text):
    """The tags of a text by `TagsOf`; none of None."""
    parts = [line.split(PART) for line in text.split(LINE)] if text else ()
    return [TagMark(int(key), colour, name) for key, colour, name in parts]

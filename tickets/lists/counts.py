"""Numbers beside lists, counted no farther than a page can say."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import IntegerField, Subquery
from django.utils.translation import pgettext

from ui.wording import number

MOST_COUNTED = 1000
# So many options has a select of a filter at most.
MOST_CHOICES = 300


def counted(count):
    """A number that was counted no farther than MOST_COUNTED, in words: 12, or 999+."""
    if count < MOST_COUNTED:
        return number(count)
    return pgettext("count", "%(number)s+") % {"number": number(MOST_COUNTED - 1)}


class CountOf(Subquery):
    """How many rows a query finds, counted no farther than MOST_COUNTED: a table that grows does
    not make the page that shows the number slower. An order that was asked for is that of an index;
    the one of the model would sort all rows before the first are counted.
    """

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
    empty_result_set_value = 0  # of what is known to be empty without asking

    def __init__(self, queryset):
        if not queryset.query.order_by:
            queryset = queryset.order_by()
        super().__init__(queryset.values("pk")[:MOST_COUNTED])


def count_up_to(querysets):
    """The numbers of rows of several named querysets, each up to MOST_COUNTED, in one query."""
    [numbers] = counting(querysets)
    return dict(zip(querysets, numbers, strict=True))


def counting(querysets, values=()):
    """The query of `count_up_to`: one row with the numbers in their order, and after them the
    values of some queries of one value each."""
    found = {f"of_{name}": CountOf(queryset) for name, queryset in querysets.items()}
    found |= {f"value_{place}": Subquery(value) for place, value in enumerate(values)}
    # A query needs a table: one row of a small one that is never empty.
    return ContentType.objects.order_by("pk").annotate(**found).values_list(*found)[:1]

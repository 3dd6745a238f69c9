"""Columns of a list: declared once, for its heads, its cells and the menu that hides them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

ASCENDING, DESCENDING = "ascending", "descending"
SYMBOLS = {ASCENDING: "up", DESCENDING: "down"}


@dataclass(frozen=True)
class Column:
    """One column. Its cell is written under its key in the list's `{% cells %}`.

    `is_sortable` and `is_hideable` apply where a list lets the reader sort it or choose columns; a
    column that falls first is sorted by the largest when its head is pressed first. Phones show
    rows as cards, laid out by the class of each cell. A column `within` another has no cell of
    its own: its head is shown in that column's, and so is its content.
    """

    key: str
    label: str
    cell_class: str = ""
    head_class: str = ""
    is_sortable: bool = False
    falls_first: bool = False
    is_hideable: bool = True
    within: str = ""

    @property
    def col_class(self):
        """What gives the column its width."""
        return f"col-{self.key}"

    @property
    def cell_start(self):
        """The tag that opens its cells."""
        return f'<td class="{self.cell_class}">' if self.cell_class else "<td>"

    def order_after(self, order):
        """The order that a press on the head asks for in a list sorted by `order`."""
        if order.removeprefix("-") == self.key:
            return self.key if order.startswith("-") else f"-{self.key}"
        return f"-{self.key}" if self.falls_first else self.key

    def direction_in(self, order):
        """How a list in `order` is sorted by this column, empty where it is by another."""
        if order.removeprefix("-") != self.key:
            return ""
        return DESCENDING if order.startswith("-") else ASCENDING


@dataclass(frozen=True)
class Head:
    """The head of a column: its label, the link that sorts by it, and how it is sorted."""

    label: str
    href: str = ""
    direction: str = ""
    symbol: str = ""
    css_class: str = ""
    # The heads of the columns within this one.
    inner: tuple = ()

    @property
    def parts(self):
        """This head and those within it."""
        return (self, *self.inner)

    @property
    def aria_sort(self):
        """How the rows are sorted by one of its parts, empty where by none."""
        return "".join([part.direction for part in self.parts])


@dataclass(frozen=True)
class Table:
    """The columns that a page shows; `head_of(column)` gives the head of each."""

    shown: tuple
    head_of: Callable

    @cached_property
    def columns(self):
        """Those with cells of their own."""
        return tuple(column for column in self.shown if not column.within)

    @property
    def heads(self):
        return [replace(self.head_of(each), **self._about(each)) for each in self.columns]

    def _about(self, column):
        inner = tuple(self.head_of(each) for each in self.shown if each.within == column.key)
        return {"css_class": column.head_class, "inner": inner}


def table_of(columns, head_of, *, hidden=()):
    """The table of the columns that are not hidden."""
    return Table(tuple(column for column in columns if column.key not in hidden), head_of)


def plain_head(column):
    """A head that sorts nothing."""
    return Head(column.label)


def sort_head(column, wanted):
    """A head whose link sorts the list by its column, and in it turns the order round."""
    direction = column.direction_in(wanted.sort)
    href = wanted.href(sort=column.order_after(wanted.sort))
    return Head(column.label, href, direction, SYMBOLS.get(direction, ""))

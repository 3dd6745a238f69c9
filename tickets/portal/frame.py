"""What stands around the rows of the member's list: menus, heads, and the choices of its form."""

from dataclasses import dataclass

from tickets.lists.columns import sort_head, table_of

from .columns import COLUMNS
from .query import PortalQuery

LABELS = {column.key: column.label for column in COLUMNS}


@dataclass(frozen=True)
class Choice:
    """One option of a menu of the list."""

    label: str
    href: str
    is_chosen: bool = False
    symbol: str = "check"


@dataclass(frozen=True)
class Menu:
    """A filter: what it is set to, if it is, and what it can be set to."""

    label: str
    value: str
    off_href: str
    choices: list


@dataclass(frozen=True)
class Frame:
    """The frame of a list. All of it follows from the query, so that what is rendered of it is kept
    (`{% fixed %}`); nothing is computed until then."""

    wanted: PortalQuery

    @property
    def menus(self):
        return [self._menu(each) for each in self.wanted.filters.values() if each.label]

    def _menu(self, each):
        wanted = self.wanted
        chosen = getattr(wanted, each.name)
        choices = [
            Choice(label, wanted.href(**{each.name: value}), value == chosen)
            for value, label in each.options.items()
        ]
        off_href = wanted.without(each.name).href()
        return Menu(each.label, each.describe(chosen), off_href, choices)

    @property
    def off_text(self):
        """The address without the text that is searched for."""
        return self.wanted.href(text="")

    @property
    def sorted_by(self):
        return LABELS[self.wanted.column]

    @property
    def sorts(self):
        heads = [sort_head(each, self.wanted) for each in COLUMNS if each.is_sortable]
        return [Choice(each.label, each.href, bool(each.direction), each.symbol) for each in heads]

    @property
    def table(self):
        hidden = self.wanted.hidden
        return table_of(COLUMNS, lambda each: sort_head(each, self.wanted), hidden=hidden)

    @property
    def hideable(self):
        """(key, label, whether it is shown) of each column that can be hidden."""
        hidden = self.wanted.hidden
        return [
            (each.key, each.label, each.key not in hidden) for each in COLUMNS if each.is_hideable
        ]

    @property
    def rows_choices(self):
        return [(number, number == self.wanted.rows) for number in PortalQuery.rows.options]

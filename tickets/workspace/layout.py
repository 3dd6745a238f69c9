"""How an agent likes the queue: which columns in which order, and how high its rows are."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from .columns import BY_KEY, KEYS, USUAL


@dataclass(frozen=True)
class Layout:
    """One agent's own layout; what a list's address says of columns goes before it."""

    columns: tuple = USUAL
    is_compact: bool = False

    @classmethod
    def read(cls, query):
        """Of a kept query string; columns that there are no more are passed over."""
        params = QueryDict(query)
        named = dict.fromkeys(params.get("columns", "").split(","))
        columns = tuple(key for key in named if key in BY_KEY)
        return cls(columns or USUAL, params.get("rows") == "compact")

    @property
    def query(self):
        """The query string to keep: nothing where all is as usual."""
        pairs = [("columns", ",".join(self.columns))] if self.columns != USUAL else []
        return urlencode([*pairs, *([("rows", "compact")] if self.is_compact else [])])

    @property
    def is_usual(self):
        """Whether the columns are those of everybody who chose none."""
        return self.columns == USUAL

    def shown(self, wanted):
        """The columns of a list, in their order."""
        return tuple(BY_KEY[key] for key in wanted.columns or self.columns)


@dataclass(frozen=True)
class Choice:
    """A column as the form of columns lists it."""

    key: str
    label: str
    is_shown: bool
    is_hideable: bool


def choices_of(shown):
    """Every column: the shown ones in their order, then the others."""
    keys = [*shown, *(key for key in KEYS if key not in shown)]
    return [Choice(key, BY_KEY[key].label, key in shown, BY_KEY[key].is_hideable) for key in keys]


def moved(keys, move):
    """The keys in another order: `move` is "up-" or "down-" and one of them."""
    way, _dash, key = move.partition("-")
    keys = list(keys)
    if key not in keys or way not in {"up", "down"}:
        return keys
    at = keys.index(key)
    to = min(max(at + (-1 if way == "up" else 1), 0), len(keys) - 1)
    keys.insert(to, keys.pop(at))
    return keys

"""What a reader asks of a list: filters, order and settings, read from an address and written."""

from urllib.parse import urlencode

from django.http import QueryDict

from .filters import Choice, Filter, Record, Search

CURSOR = ("after", "before")


class ListQuery:
    """The filters of a list, declared as attributes of a subclass; immutable.

    Reading never fails: an unknown parameter or value is ignored. What is written is canonical:
    the filters that are set, in the order in which they are declared. `explicit` names the
    remembered filters that the address itself sets, whatever this person's usual values are.
    """

    filters = {}
    # The filters that the list's form sets; it sends the others along as hidden inputs.
    form_fields = ()
    # The query string of the list without filters: one that is empty may mean "as it was kept".
    bare = ""

    def __init_subclass__(cls):
        own = {name: each for name, each in vars(cls).items() if isinstance(each, Filter)}
        cls.filters = {**cls.filters, **own}

    def __init__(self, *, explicit=frozenset(), **values):
        held = vars(self)
        held["explicit"] = explicit
        for name, value in values.items():
            if value != self.filters[name].default:
                held[name] = value

    def __setattr__(self, name, value):
        raise AttributeError(f"{name}: a query is immutable; use with_()")

    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self):
        return hash((type(self), frozenset(vars(self).items())))

    def __repr__(self):
        return f"{type(self).__name__}({self.query!r})"

    # --- Reading ----------------------------------------------------------------------------------

    @classmethod
    def read(cls, params, usual=None, **given):
        """The query of request parameters. Remembered filters that they do not set are as in
        `usual`; `given` are values that were read elsewhere."""
        values, explicit = dict(given), set()
        for name, each in cls.filters.items():
            if name in given:
                continue
            text = each.text_of(params)
            value = each.parse(text) if text is not None else None
            if each.is_remembered and text is not None:
                explicit.add(name)
            if value is None and each.is_remembered and usual:
                value = getattr(usual, name)
            if value is not None:
                values[name] = value
        return cls(explicit=frozenset(explicit), **values)

    @classmethod
    def from_address(cls, query):
        """The query of the query string of an address, one that was kept or sent in a form."""
        return cls.read(QueryDict(query.removeprefix("?")))

    # --- Changing ---------------------------------------------------------------------------------

    def with_(self, **changes):
        """The same query with other values."""
        return type(self)(**{**vars(self), **changes})

    def without(self, *names):
        """The same query without these filters."""
        return self.with_(**{name: self.filters[name].default for name in names})

    # --- Writing ----------------------------------------------------------------------------------

    def pairs(self):
        """What differs from the defaults or is explicit, as (name, value) of the address."""
        held, found = vars(self), []
        for name, each in self.filters.items():
            if name in held or name in self.explicit:
                found += each.parameters(getattr(self, name))
        return found

    @property
    def query(self):
        """The canonical query string, empty for the list that nobody changed."""
        return urlencode(self.pairs())

    @classmethod
    def page_query(cls, params):
        """The canonical query string of one page of the list, its place in the list included."""
        place = [(name, params[name]) for name in CURSOR if params.get(name)]
        return urlencode([*cls.read(params).pairs(), *place])

    @property
    def to_remember(self):
        """The query string to keep for a person: all but what they searched for."""
        return self.with_(text="", explicit=frozenset()).query

    # --- Narrowing --------------------------------------------------------------------------------

    def narrow(self, rows, reader):
        """Those of `rows` that fit every filter that is set. Of what the others leave, a search
        finds the newest."""
        held = vars(self)
        narrowing = [(name, each) for name, each in self.filters.items() if each.narrow]
        for name, each in sorted(narrowing, key=lambda pair: isinstance(pair[1], Search)):
            if name in held:
                rows = each.narrow(rows, held[name], reader)
        return rows

    @property
    def is_narrowed(self):
        """Whether a labelled filter is set."""
        held = vars(self)
        return any(each.label and name in held for name, each in self.filters.items())

    # --- For templates ----------------------------------------------------------------------------

    def href(self, **changes):
        """The address of the list with other values."""
        return f"?{self.with_(**changes).query or self.bare}"

    def chips(self):
        """The labelled filters that are set: what each says, and the address without it."""
        held = vars(self)
        return [
            {
                "label": each.label,
                "value": each.describe(held[name]),
                "off_href": self.without(name).href(),
            }
            for name, each in self.filters.items()
            if each.label and name in held
        ]

    def selects(self):
        """The selects of the list's form: name, label, options and the chosen one."""
        found = [self.filters[name] for name in self.form_fields]
        return [
            {
                "name": each.parameter,
                "label": each.label,
                "options": each.select_options(getattr(self, each.name)),
                "chosen": each.write(getattr(self, each.name)),
            }
            for each in found
            if each.label and isinstance(each, Choice | Record)
        ]

    @property
    def hidden_inputs(self):
        """What the list's form sends along because it has no field for it."""
        return self.without(*self.form_fields).pairs()

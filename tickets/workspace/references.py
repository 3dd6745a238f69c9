"""What the filters of the queue refer to: rows of other tables, found in one statement."""

import re
from typing import NamedTuple

from django.db.models import BooleanField, Case, CharField, F, Q, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from organizations.emails import normal_email
from organizations.models import Organization, User
from organizations.querysets import name_of
from plans.models import Named, Plan
from tickets.lists.filters import Filter, joined
from tickets.models import Tag, Team
from ui.keys import key_in
from ui.wording import listed

ORGANIZATION, PLAN, AGENT, CUSTOMER, TEAM, TAG = (
    *("organization", "plan", "agent", "customer"),
    *("team", "tag"),
)
# So many values of one filter are looked up.
MOST_CHOSEN = 50
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}", re.ASCII)
_NUMBERED = {AGENT, CUSTOMER, TEAM, TAG}


class Chosen(NamedTuple):
    """One value of a filter: as the address writes it, its name, and the key of its row. A word
    such as "me" has no row."""

    key: str
    name: str = ""
    pk: int | None = None


class Row(NamedTuple):
    """What was found for a key: the row that it stands for now, and whether it still counts."""

    kind: str
    key: str
    name: str
    pk: int
    is_there: bool


class Missing(NamedTuple):
    """A value that an address names and that is not there any more."""

    kind: str
    key: str
    name: str

    def named(self, labels):
        """With the name that it had when a view was saved, where its row is gone; `labels` are
        those of the view."""
        names = {(kind, key): name for kind, key, name in labels}
        return self if self.name else self._replace(name=names.get((self.kind, self.key), ""))

    @property
    def sentence(self):
        """The sentence that a page says of it above the list."""
        return _SENTENCES[self.kind]() % {"name": self.name or self.key}


_SENTENCES = {
    ORGANIZATION: lambda: _("The organization “%(name)s” no longer exists; it is left out."),
    PLAN: lambda: _("The plan “%(name)s” no longer exists; it is left out."),
    AGENT: lambda: _("“%(name)s” is no longer an agent; this assignee is left out."),
    CUSTOMER: lambda: _("There is no customer “%(name)s”; this requester is left out."),
    TEAM: lambda: _("The team “%(name)s” no longer exists; it is left out."),
    TAG: lambda: _("The tag “%(name)s” no longer exists; it is left out."),
}


class References(Filter):
    """Any number of rows of a `kind`, or of the `words` that stand for some: by commas in one
    parameter, or repeated. Its value is a tuple of `Chosen`; the list reads the rows of all its
    filters at once and gives them as `known`."""

    default = ()

    def __init__(self, label, *, kind, words=None, **settings):
        super().__init__(label, **settings)
        self.kind, self.words = kind, words or {}

    def text_of(self, params):
        return joined(params, self.parameter)

    def asked(self, params):
        """The keys that the address names and that may be those of rows."""
        parts = [part.strip() for part in (self.text_of(params) or "").split(",")]
        keys = (_key_of(self.kind, part) for part in parts[:MOST_CHOSEN] if part not in self.words)
        return list(dict.fromkeys(filter(None, keys)))

    def chosen(self, params, known):
        """The value that the address means."""
        named = set((self.text_of(params) or "").split(","))
        words = [Chosen(word) for word in self.words if word in named]
        rows = (known.get((self.kind, key)) for key in self.asked(params))
        found = [Chosen(_written(row), row.name, row.pk) for row in rows if row and row.is_there]
        return (*words, *dict.fromkeys(found))

    def missing(self, params, known):
        """What the address names and is not there."""
        rows = {key: known.get((self.kind, key)) for key in self.asked(params)}
        return [
            Missing(self.kind, key, row.name if row else "")
            for key, row in rows.items()
            if row is None or not row.is_there
        ]

    def write(self, value):
        return ",".join(each.key for each in value)

    def describe(self, value):
        return listed(self.words.get(each.key, each.name) for each in value)


def keys_in(value):
    """The keys of the rows among the chosen."""
    return [each.pk for each in value if each.pk is not None]


def has_word(value, word):
    return any(each.key == word for each in value if each.pk is None)


def _key_of(kind, text):
    """The key that a text of an address is, as `known_rows` finds it; None for one that is none."""
    if kind in _NUMBERED:
        number = key_in(text)
        if number:
            return str(number)
        is_address = kind == CUSTOMER and "@" in text and len(text) <= 254 and "\0" not in text
        return normal_email(text) if is_address else None
    return text if _SLUG.fullmatch(text) else None


def _written(row):
    return str(row.pk) if row.kind in _NUMBERED else row.key


def known_rows(asked):
    """{(kind, key): Row} of the keys that are `asked` for, sets of them by kind: one statement, and
    none where nothing is asked for."""
    queries = [_READ[kind](keys) for kind, keys in asked.items() if keys]
    if not queries:
        return {}
    # The empty order: parts of a union have none of their own.
    first, *others = [each.order_by() for each in queries]
    rows = map(Row._make, first.union(*others, all=True) if others else first)
    return {(row.kind, row.key): row for row in rows}


def _columns(rows, kind, *, key, name, is_there=None, pk="pk"):
    return rows.annotate(
        found_kind=Value(kind, CharField()),
        found_key=Cast(key, CharField()),
        found_name=Cast(name, CharField()),
        found_pk=F(pk),
        is_there=Value(True, BooleanField()) if is_there is None else _whether(is_there),
    ).values_list("found_kind", "found_key", "found_name", "found_pk", "is_there")


def _whether(condition):
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


def _organizations(keys):
    rows = Organization.objects.filter(key__in=keys)
    return _columns(rows, ORGANIZATION, key="key", name="name")


def _plans(keys):
    rows = Plan.objects.filter(key__in=keys)
    return _columns(rows, PLAN, key="key", name=Named.name_field())


def _agents(keys):
    rows = User.objects.filter(pk__in=keys)
    is_agent = Q(is_active=True) & ~Q(staff_role="")
    return _columns(rows, AGENT, key="pk", name=name_of(), is_there=is_agent)


def _customers(keys):
    """By number or by address: each is given as it was asked for."""
    addresses = [key for key in keys if "@" in key]
    rows = User.objects.customers().filter(
        Q(pk__in=[key for key in keys if "@" not in key]) | Q(email__in=addresses)
    )
    key = Case(
        When(email__in=addresses, then="email"),
        default=Cast("pk", CharField()),
        output_field=CharField(),
    )
    return _columns(rows, CUSTOMER, key=key, name=name_of())


def _teams(keys):
    rows = Team.objects.filter(pk__in=keys)
    return _columns(rows, TEAM, key="pk", name="name", is_there=Q(ended_at=None))


def _tags(keys):
    """Of merged ones, what they went into."""
    rows = Tag.objects.filter(pk__in=keys).annotate(
        target=Coalesce("merged_into_id", "pk"), target_name=Coalesce("merged_into__name", "name")
    )
    return _columns(rows, TAG, key="pk", name="target_name", pk="target")


_READ = {
    ORGANIZATION: _organizations,
    PLAN: _plans,
    AGENT: _agents,
    CUSTOMER: _customers,
    TEAM: _teams,
    TAG: _tags,
}

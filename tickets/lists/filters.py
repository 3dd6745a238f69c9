"""The kinds of filters that a list declares: how each is read from an address and written to it."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from organizations.models import Organization, User
from tickets.prepared import Prepared
from ui.dates import parse_date
from ui.wording import format_date, format_date_input, listed

from .counts import MOST_CHOICES

LONGEST_TEXT = 200
ANY = _("Any")
_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


@dataclass(frozen=True)
class Reader:
    """Who reads a list, and when: some filters mean something else for each."""

    user: User
    at: datetime


class Filter:
    """One declared parameter of a `ListQuery`; its value is an attribute of the query.

    `parameter` is its name in the address where that differs from the attribute. A filter with a
    label is shown to the reader: as a chip while it is set, or as a menu. `narrow(rows, value,
    reader)` returns the rows that fit. A remembered filter is the reader's own setting: where the
    address does not name it, the value that was kept for this person holds.
    """

    default = ""

    def __init__(self, label="", *, parameter="", narrow=None, is_remembered=False):
        self.label, self.parameter, self.narrow = label, parameter, narrow
        self.is_remembered = is_remembered

    def __set_name__(self, owner, name):
        self.name = name
        self.parameter = self.parameter or name

    def __get__(self, query, owner=None):
        # A value that was set lies in the query's own dictionary, which Python asks first.
        return self if query is None else self.default

    def text_of(self, params):
        """Its text among the parameters of a request, or None."""
        return params.get(self.parameter)

    def parse(self, text):
        """The value that a text of the address means, or None for one that means nothing."""
        return text

    def why_refused(self, text):
        """The sentence about a text that means nothing; "" where it means a value."""
        return gettext("Choose from the list.") if self.parse(text) is None else ""

    def parameters(self, value):
        """The value as (name, value) pairs of the address."""
        return [(self.parameter, self.write(value))]

    def write(self, value):
        return value

    def describe(self, value):
        """The value as its chip shows it."""
        return value


class Search(Filter):
    """Text that somebody searches for, cut to what the field takes."""

    def parse(self, text):
        return text.replace("\0", "").strip()[:LONGEST_TEXT].rstrip() or None


class DayFilter(Filter):
    """A day, typed in the reader's calendar; in the address as 2026-11-29."""

    default = None

    def parse(self, text):
        try:
            return parse_date(text[:80])
        except ValidationError:
            return None

    def why_refused(self, text):
        try:
            parse_date(text[:80])
        except ValidationError as error:
            return error.messages[0]
        return ""

    def write(self, day):
        return day.isoformat() if isinstance(day, date) else ""

    def describe(self, day):
        return format_date(day)

    def typed(self, day):
        """The day as its field shows it."""
        return format_date_input(day) if day else ""


class Choice(Filter):
    """One of the known `options`, a mapping of values to their labels.

    `unset` is the label of its default where that is none of them.
    """

    def __init__(self, label="", options=(), *, default="", unset=ANY, **settings):
        super().__init__(label, **settings)
        self.options, self.default, self.unset = dict(options), default, unset
        self._values = {str(value): value for value in self.options}

    def parse(self, text):
        return self._values.get(text)

    def describe(self, value):
        return self.options.get(value, "")

    def select_options(self, chosen):
        """The options of a select, the one that sets nothing first."""
        return [("", self.unset), *self.options.items()]


class Choices(Filter):
    """Any number of the known `options`, a mapping of values to their labels: by commas in one
    parameter, or sent as a box for each. The rows fit that have one of them."""

    default = ()

    def __init__(self, label, options, **settings):
        super().__init__(label, **settings)
        self.options = dict(options)

    def text_of(self, params):
        return joined(params, self.parameter)

    def parse(self, text):
        named = set(text.split(","))
        return tuple(each for each in self.options if str(each) in named) or None

    def write(self, value):
        return ",".join(map(str, value))

    def describe(self, value):
        return listed(self.options[each] for each in value)


def joined(params, name):
    """The text of a parameter that may be repeated, or None."""
    texts = params.getlist(name)
    return ",".join(filter(None, texts)) if texts else None


class Several(Filter):
    """Any number of the known `options`, separated by commas in one parameter."""

    default = ()

    def __init__(self, options, **settings):
        super().__init__(**settings)
        self.options = tuple(options)

    def parse(self, text):
        named = set(text.split(","))
        return tuple(each for each in self.options if each in named)

    def write(self, value):
        return ",".join(value)


class Order(Filter):
    """By which of the `sortable` columns a list is sorted; falling with a "-" before it."""

    def __init__(self, sortable, *, default):
        super().__init__()
        self.sortable, self.default = frozenset(sortable), default

    def parse(self, text):
        return text if text.removeprefix("-") in self.sortable else None


class Record(Filter):
    """A row of the database: `find(text)` gives it or None, `choices()` its select's options."""

    default = None

    unset = ANY

    def __init__(self, label, *, find, choices, **settings):
        super().__init__(label, **settings)
        self.find, self.choices = find, choices

    def parse(self, text):
        return self.find(text) if text else None

    def write(self, value):
        return value.key if value else ""

    def select_options(self, chosen):
        """The options of a select: of very many the first, and always the chosen one."""
        found = list(self.choices())
        if chosen and self.write(chosen) not in dict(found):
            found.insert(0, (self.write(chosen), self.describe(chosen)))
        return [("", self.unset), *found]


@Prepared
def _organizations():
    return Organization.objects.values_list("key", "name")[:MOST_CHOICES]


@Prepared
def _agents():
    return User.objects.agents().named()[:MOST_CHOICES]


class OrganizationFilter(Record):
    """An organization by its key."""

    def __init__(self, label, **settings):
        super().__init__(
            label,
            find=Organization.objects.keyed,
            choices=_organizations.rows,
            **settings,
        )


class PersonFilter(Record):
    """One of `people()` by number, or one of the `words` that name somebody."""

    default = ""

    def __init__(self, label, *, people, words, **settings):
        super().__init__(label, find=self._find, choices=self._choices, **settings)
        self.people, self.words = people, words

    def _find(self, text):
        if text in self.words:
            return text
        return self.people().filter(pk=text).first() if _ID.fullmatch(text) else None

    def _choices(self):
        return [*self.words.items(), *_agents.rows()]

    def write(self, value):
        return value.pk if isinstance(value, User) else value

    def describe(self, value):
        return self.words.get(value, value) if isinstance(value, str) else value

"""Queries of pages that are put together once: Django needs longer for that than the database for
the answer."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models.query import (
    ModelIterable,
    NamedValuesListIterable,
    get_related_populators,
)
from django.db.models.utils import create_namedtuple_class
from django.utils.translation import get_language

from tickets.kept_plans import fetch, literal

# What stands for a value while a query is put together; no row and no page has any of these.
NUMBERS = tuple(range(2**62, 2**62 + 8))
TEXTS = tuple(f"a text that is put in later: {place}" for place in range(8))
MOMENTS = tuple(datetime(1, 1, day, tzinfo=UTC) for day in range(1, 9))


class Prepared:
    """A query whose statement is kept, with holes for the values that differ from page to page.

    `build(*shape, **values)` gives a queryset of tuples or instances. Each shape makes a statement
    of its own; `values` are numbers, moments, texts and, as lists for `AnyOf`, keys. They go into
    the query as they are: one that is reckoned from a moment is refused, with OverflowError or
    ValueError.
    """

    def __init__(self, build):
        self.build = build

    def rows(self, *shape, **values):
        """The rows of the query, as its queryset gives them."""
        if connection.vendor != "postgresql":
            return list(self.build(*shape, **values))
        kinds = tuple((name, _kind(value)) for name, value in values.items())
        statement = _compiled(self, shape, kinds, get_language())
        rows = fetch(statement.sql, [_written(value) for value in values.values()])
        rows = _converted(rows, statement.converters) if statement.converters else rows
        return statement.read(rows) if statement.read else rows


class _Statement(NamedTuple):
    """A compiled query: its SQL with `$1` for the first of the values, what its columns are
    converted by, and what makes named tuples or instances of rows, or None."""

    sql: str
    converters: dict
    read: Callable | None


@lru_cache(maxsize=256)
def _compiled(prepared, shape, kinds, language):
    samples = {}
    for place, (name, kind) in enumerate(kinds):
        number = NUMBERS[place]
        others = {"moment": MOMENTS[place], "keys": [number], "text": TEXTS[place]}
        samples[name] = others.get(kind, number)
    queryset = prepared.build(*shape, **samples)
    compiler = queryset.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    places = {_written(sample): f"${place}" for place, sample in enumerate(samples.values(), 1)}
    constants = [each for each in params if each not in places]
    if any(isinstance(each, datetime) and each.year == 1 for each in constants):
        raise ValueError("A prepared query must not reckon with its moments")
    sql %= tuple(places.get(each) or literal(each) for each in params)
    columns = [expression for expression, _sql, _alias in compiler.select]
    return _Statement(sql, compiler.get_converters(columns), _reader(queryset, compiler))


def _reader(queryset, compiler):
    if issubclass(queryset._iterable_class, NamedValuesListIterable):
        make = create_namedtuple_class(*queryset._fields)._make
        return lambda rows: list(map(make, rows))
    return _instances(compiler) if issubclass(queryset._iterable_class, ModelIterable) else None


def _instances(compiler):
    """What makes instances with those that are selected along and what they are annotated with, as
    Django's `ModelIterable`."""
    model, places = compiler.klass_info["model"], compiler.klass_info["select_fields"]
    own = slice(places[0], places[-1] + 1)
    names = [column.target.attname for column, _sql, _alias in compiler.select[own]]
    annotated = compiler.annotation_col_map.items()
    populators = get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)

    def read(rows):
        found = [model.from_db(DEFAULT_DB_ALIAS, names, row[own]) for row in rows]
        for row, instance in zip(rows, found, strict=True):
            for populator in populators:
                populator.populate(row, instance)
            for name, place in annotated:
                setattr(instance, name, row[place])
        return found

    return read


def _kind(value):
    if isinstance(value, datetime):
        return "moment"
    if isinstance(value, str):
        return "text"
    return "keys" if isinstance(value, list) else "number"


def _written(value):
    """A value as the database gets it."""
    return f"{{{','.join(map(str, value))}}}" if isinstance(value, list) else value


def _converted(rows, converters):
    rows = [list(row) for row in rows]
    for place, (functions, expression) in converters.items():
        for row in rows:
            for convert in functions:
                row[place] = convert(row[place], expression, connection)
    return rows

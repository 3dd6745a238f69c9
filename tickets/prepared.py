"""Queries of pages that are put together once: Django needs longer for that than the database for
the answer."""

from datetime import UTC, datetime
from functools import lru_cache

from django.db import connection
from django.db.models.query import NamedValuesListIterable
from django.db.models.utils import create_namedtuple_class
from django.utils.translation import get_language

# What stands for a value while a query is put together; no row and no page has any of these.
NUMBERS = tuple(range(2**62, 2**62 + 8))
MOMENTS = tuple(datetime(1, 1, day, tzinfo=UTC) for day in range(1, 9))


class Prepared:
    """A query whose statement is kept, with holes for the values that differ from page to page.

    `build(*shape, **values)` gives a queryset of tuples, named or not. Each shape makes a statement
    of its own; `values` are numbers, moments and, as lists for `AnyOf`, keys. They go into the
    query as they are: one that is reckoned from a moment is refused, with OverflowError or
    ValueError.
    """

    def __init__(self, build):
        self.build = build

    def rows(self, *shape, **values):
        """The rows of the query, as tuples."""
        if connection.vendor != "postgresql":
            return list(self.build(*shape, **values))
        kinds = tuple((name, _kind(value)) for name, value in values.items())
        sql, params, converters, named = _compiled(self, shape, kinds, get_language())
        with connection.cursor() as cursor:
            cursor.execute(sql, [_filled(each, values) for each in params])
            rows = cursor.fetchall()
        rows = _converted(rows, converters) if converters else rows
        return list(map(named, rows)) if named else rows


class _Hole:
    """The place of a value among the parameters of a statement."""

    def __init__(self, name):
        self.name = name


@lru_cache(maxsize=256)
def _compiled(prepared, shape, kinds, language):
    """The statement, its parameters with holes, what its columns are converted by, and what makes
    a named tuple of a row, or None."""
    samples = {}
    for place, (name, kind) in enumerate(kinds):
        number = NUMBERS[place]
        samples[name] = {"moment": MOMENTS[place], "keys": [number]}.get(kind, number)
    queryset = prepared.build(*shape, **samples)
    compiler = queryset.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    holes = {_written(sample): _Hole(name) for name, sample in samples.items()}
    params = tuple(holes.get(each, each) for each in params)
    if any(isinstance(each, datetime) and each.year == 1 for each in params):
        raise ValueError("A prepared query must not reckon with its moments")
    columns = [expression for expression, _sql, _alias in compiler.select]
    return sql, params, compiler.get_converters(columns), _tuple_of(queryset)


def _tuple_of(queryset):
    if not issubclass(queryset._iterable_class, NamedValuesListIterable):
        return None
    return create_namedtuple_class(*queryset._fields)._make


def _kind(value):
    if isinstance(value, datetime):
        return "moment"
    return "keys" if isinstance(value, list) else "number"


def _written(value):
    """A value as the database gets it."""
    return f"{{{','.join(map(str, value))}}}" if isinstance(value, list) else value


def _filled(param, values):
    return _written(values[param.name]) if isinstance(param, _Hole) else param


def _converted(rows, converters):
    rows = [list(row) for row in rows]
    for place, (functions, expression) in converters.items():
        for row in rows:
            for convert in functions:
                row[place] = convert(row[place], expression, connection)
    return rows

"""Statements whose plans PostgreSQL keeps: to plan one takes longer than to answer it."""

import re

from django.db import NotSupportedError, connection
from psycopg import RawCursor
from psycopg.sql import Literal
from psycopg.types.numeric import Int8

# Kept with each connection; `tickets.prepared` keeps as many statements. psycopg's own 100 are
# fewer than the pages' filters have, and each would be planned again and again.
MOST_PLANS = 256
_PLACE = re.compile(r"\$(\d+)")


def fetch(sql, values):
    """The rows of a statement with `$1`, `$2` … for the values that differ each time.

    All else is written out by `literal`, so that a partial index serves whatever the values.
    PostgreSQL plans such a statement five times for its values, then once for any, unless that
    plan would be the worse one.
    """
    if not connection.queries_logged:
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        connection.connection.prepared_max = MOST_PLANS
        try:
            with connection.make_cursor(RawCursor(connection.connection)) as cursor:
                cursor.execute(sql, [_typed(value) for value in values])
                return cursor.fetchall()
        except NotSupportedError:
            # A migration changed a column since it was planned.
            if connection.in_atomic_block:
                raise
    with connection.cursor() as cursor:
        cursor.execute(_with_values(sql, values))
        return cursor.fetchall()


def literal(value):
    """A value as it is written in SQL."""
    connection.ensure_connection()
    return Literal(value).as_string(connection.connection)


def _typed(value):
    """A number of one type whatever its size: plans are kept by the types of the values, too."""
    return Int8(value) if isinstance(value, int) else value


def _with_values(sql, values):
    """The statement that is planned for these values alone, as logs show it."""
    return _PLACE.sub(lambda place: literal(values[int(place[1]) - 1]), sql)

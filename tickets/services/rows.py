"""Writing many rows with few statements, and only the columns that changed."""

import re
from datetime import datetime, timedelta

from django.db import DatabaseError, connection

# Python's own types, which the driver writes as they are; others, such as choices, are prepared.
PLAIN = {int, bool, str, datetime, timedelta, type(None)}


def stored_values(row):
    """The row's columns as they were read, to compare with when it is written."""
    return {field.attname: row.__dict__[field.attname] for field in _columns(type(row))}


def changed_columns(row, stored):
    """The names of the columns that differ from `stored`.

    By exclusion: whatever column the model has or gets is compared, none has to be listed.
    """
    present = row.__dict__
    return {name for name, value in stored.items() if present[name] != value}


def update_columns(model, rows, columns):
    """Write `columns` of `rows` in one statement, or on SQLite in one that is executed for each.

    Raises DatabaseError when a row is no longer there.
    """
    fields = [field for field in _columns(model) if field.attname in columns]
    if not rows or not fields:
        return
    update = _update_from_arrays if connection.vendor == "postgresql" else _update_each
    written = update(model, rows, fields)
    if written != len(rows):
        raise DatabaseError(f"{written} of {len(rows)} rows of {model.__name__} were there")


def reserve_key(model):
    """A key for a row of `model` that another row has to name before it is inserted."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
            return cursor.fetchone()[0]
        # Nobody else writes to SQLite during a transaction that does.
        cursor.execute("SELECT seq + 1 FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        return found[0] if found else 1


def _columns(model):
    return model._meta.concrete_fields


def _update_from_arrays(model, rows, fields):
    """One array a column: the statement is as short for 500 rows as for one."""
    key, quote = model._meta.pk, connection.ops.quote_name
    assigned = ", ".join(f"{quote(each.column)} = new.{quote(each.column)}" for each in fields)
    arrays = ", ".join(f"%s::{_type_of(each)}[]" for each in [key, *fields])
    names = ", ".join(quote(each.column) for each in [key, *fields])
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {assigned} FROM unnest({arrays}) AS new ({names}) "  # noqa: S608
            f"WHERE {table}.{quote(key.column)} = new.{quote(key.column)}",
            [[_stored_form(each, row) for row in rows] for each in [key, *fields]],
        )
        return cursor.rowcount


def _update_each(model, rows, fields):
    key, quote = model._meta.pk, connection.ops.quote_name
    assigned = ", ".join(f"{quote(each.column)} = %s" for each in fields)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(model._meta.db_table)} SET {assigned} "  # noqa: S608
            f"WHERE {quote(key.column)} = %s",
            [[_stored_form(each, row) for each in [*fields, key]] for row in rows],
        )
        return cursor.rowcount


def _stored_form(field, row):
    value = row.__dict__[field.attname]
    if type(value) in PLAIN and connection.vendor == "postgresql":
        return value
    return field.get_db_prep_save(value, connection)


def _type_of(field):
    """The column's type without a length, at which a cast would cut in silence."""
    return re.sub(r"\(.*\)", "", field.db_type(connection))

"""Finding and writing many rows with few statements, and only the columns that changed."""

import json
import re

from django.db import DatabaseError, connection
from django.db.models import BigIntegerField, BooleanField, F, Func, Max, Value

# So many rows and more are copied, where the database can; fewer are inserted with one statement.
MANY = 50
COPY_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
ARRAY_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"'})


class AnyOf(Func):
    """Whether the column `name` holds one of the keys. For hundreds of them, a parameter for each
    costs more than finding the rows does; this is one."""

    output_field = BooleanField()

    def __init__(self, name, keys):
        self.keys = tuple(keys)
        super().__init__(F(name))

    def as_sql(self, compiler, connection, **extra):
        column, params = compiler.compile(self.source_expressions[0])
        if not self.keys:
            return "1 = 0", []
        return f"{column} IN ({', '.join(['%s'] * len(self.keys))})", [*params, *self.keys]

    def as_postgresql(self, compiler, connection, **extra):
        column, params = compiler.compile(self.source_expressions[0])
        keys = "{" + ",".join(map(str, self.keys)) + "}"
        return f"{column} = ANY(%s::bigint[])", [*params, keys]


class ReservedKey(Func):
    """A key for a row of `model` that another row has to name before it is inserted."""

    output_field = BigIntegerField()

    def __init__(self, model):
        super().__init__(Value(model._meta.db_table))

    def as_postgresql(self, compiler, connection, **extra):
        template = "nextval(pg_get_serial_sequence(%(expressions)s, 'id'))"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_sqlite(self, compiler, connection, **extra):
        # Nobody else writes to SQLite during a transaction that does.
        sequence = "(SELECT seq FROM sqlite_sequence WHERE name = %(expressions)s)"
        template = f"COALESCE({sequence}, 0) + 1"
        return self.as_sql(compiler, connection, template=template, **extra)


def stored_values(row):
    """The row's columns as they were read, to compare with when it is written."""
    return row.__dict__.copy()


def changed_columns(row, stored):
    """The names of the columns that differ from `stored`.

    By exclusion: whatever column the model has or gets is compared, none has to be listed.
    """
    present = row.__dict__
    return {
        name
        for name, value in stored.items()
        if name in present and present[name] is not value and present[name] != value
    }


def insert(model, rows):
    """Insert the rows and give them their keys, in a number of statements that does not grow.

    Many go to PostgreSQL by COPY, at a fraction of the cost of an INSERT. Rows that have their key
    already, as by `reserve_keys`, keep it. Returns the rows.
    """
    rows = list(rows)
    if not _are_copied(rows):
        return model.objects.bulk_create(rows)
    without = [row for row in rows if row.pk is None]
    for row, key in zip(without, reserve_keys(model, len(without)), strict=True):
        row.pk = key
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    fields = _columns(model)
    for field in fields:
        if field.is_relation:
            _take_keys_of_related(rows, field)
    _copy(model, [(field, [row.__dict__[field.attname] for row in rows]) for field in fields])
    return rows


def insert_values(model, names, values):
    """Insert rows of which `values` hold the columns `names`, and return their keys.

    As `insert`, without an instance for each; other columns get the defaults of the model.
    """
    values = list(values)
    if not _are_copied(values):
        rows = [model(**dict(zip(names, each, strict=True))) for each in values]
        return [row.pk for row in model.objects.bulk_create(rows)]
    keys = reserve_keys(model, len(values))
    given = dict(zip(names, zip(*values, strict=True), strict=True)) | {
        model._meta.pk.attname: keys
    }
    _copy(
        model,
        [
            (field, given.get(field.attname) or [field.get_default()] * len(keys))
            for field in _columns(model)
        ],
    )
    return keys


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


def _columns(model):
    return model._meta.concrete_fields


def _are_copied(rows):
    return connection.vendor == "postgresql" and len(rows) >= MANY


def reserve_keys(model, count):
    """Keys for so many new rows of `model`, for others to point to before they are inserted."""
    if not count:
        return []
    if connection.vendor != "postgresql":
        # Nobody else writes to SQLite during a transaction that does.
        last = model.objects.aggregate(last=Max("pk"))["last"] or 0
        return list(range(last + 1, last + 1 + count))
    # What the model has to do before keys are taken, it does in the same statement.
    before = getattr(model, "before_keys", "1")
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH done AS MATERIALIZED (SELECT {before}) "  # noqa: S608
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM done, generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [key for (key,) in cursor.fetchall()]


def _take_keys_of_related(rows, field):
    """What a row points to may have got its key only after the row was made."""
    for row in rows:
        if row.__dict__[field.attname] is None and field.is_cached(row):
            related = field.get_cached_value(row)
            row.__dict__[field.attname] = related and related.pk


def _copy(model, columns):
    """Write `columns`, pairs of a field and its values of all rows, in one COPY."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field, _values in columns)
    texts = [_texts(field, values, COPY_ESCAPES, r"\N") for field, values in columns]
    lines = "\n".join(map("\t".join, zip(*texts, strict=True)))
    copied = f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN"
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(copied) as copy,
    ):
        copy.write(lines)


def _update_from_arrays(model, rows, fields):
    """One array a column: the statement is as short for 500 rows as for one. A column that gets
    the same value everywhere needs no array."""
    key, quote = model._meta.pk, connection.ops.quote_name
    assigned, values, arrays = [], [], [key]
    for field in fields:
        first, *others = [row.__dict__[field.attname] for row in rows]
        if all(each is first or each == first for each in others):
            assigned.append(f"{quote(field.column)} = %s::{_type_of(field)}")
            values.append(field.get_db_prep_save(first, connection))
        else:
            assigned.append(f"{quote(field.column)} = new.{quote(field.column)}")
            arrays.append(field)
    unnested = ", ".join(f"%s::{_type_of(each)}[]" for each in arrays)
    names = ", ".join(quote(each.column) for each in arrays)
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {', '.join(assigned)} "  # noqa: S608
            f"FROM unnest({unnested}) AS new ({names}) "
            f"WHERE {table}.{quote(key.column)} = new.{quote(key.column)}",
            [*values, *(_array(each, rows) for each in arrays)],
        )
        return cursor.rowcount


def _array(field, rows):
    """The values of a column as the text of an array, made much faster than the driver does."""
    values = [row.__dict__[field.attname] for row in rows]
    texts = _texts(field, values, ARRAY_ESCAPES, None)
    return "{" + ",".join("NULL" if text is None else f'"{text}"' for text in texts) + "}"


def _update_each(model, rows, fields):
    key, quote = model._meta.pk, connection.ops.quote_name
    assigned = ", ".join(f"{quote(each.column)} = %s" for each in fields)
    values = [
        [each.get_db_prep_save(row.__dict__[each.attname], connection) for each in [*fields, key]]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(model._meta.db_table)} SET {assigned} "  # noqa: S608
            f"WHERE {quote(key.column)} = %s",
            values,
        )
        return cursor.rowcount


def _type_of(field):
    """The column's type without a length, at which a cast would cut in silence."""
    return re.sub(r"\(.*\)", "", field.db_type(connection))


# --- Values as PostgreSQL reads them --------------------------------------------------------------


def _texts(field, values, escapes, null):
    """The values as texts that PostgreSQL reads, with `null` for None."""
    kind = (field.target_field if field.is_relation else field).get_internal_type()
    text = TEXT_OF.get(kind, str)
    if kind in WITHOUT_ESCAPES:
        return [null if value is None else text(value) for value in values]
    return [null if value is None else text(value).translate(escapes) for value in values]


def _interval(span):
    return f"{span.days} days {span.seconds}.{span.microseconds:06} seconds"


# How the values of a kind of field are written where it is not by `str`.
TEXT_OF = {
    "BinaryField": lambda value: "\\x" + bytes(value).hex(),
    "DurationField": _interval,
    "JSONField": lambda value: json.dumps(value, ensure_ascii=False),
}
WITHOUT_ESCAPES = {
    "AutoField",
    "BigAutoField",
    "BooleanField",
    "DateField",
    "DateTimeField",
    "DurationField",
    "IntegerField",
    "PositiveIntegerField",
    "PositiveSmallIntegerField",
    "SmallIntegerField",
    "UUIDField",
}

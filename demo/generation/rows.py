"""Writes rows of several models by the thousand: through COPY where the database has it."""

import json

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import JSONField, Max

from .lives import columns


class Batch:
    """Rows that are ready, by model, and the keys that the next ones get."""

    def __init__(self, models):
        self.rows = {model: [] for model in models}
        self.next = {
            model: (model.objects.aggregate(last=Max("pk"))["last"] or 0) + 1 for model in models
        }

    def keys(self, model, count):
        first = self.next[model]
        self.next[model] += count
        return range(first, first + count)

    def add(self, model, rows):
        self.rows[model].extend(rows)

    @transaction.atomic
    def write(self):
        """Write all that is ready. A row may point to one of another model that comes later."""
        with connection.cursor() as cursor:
            if _may_skip_checks(cursor):
                # Each row points only to rows of its own ticket and to the cast.
                cursor.execute("SET LOCAL session_replication_role = replica")
            for model, rows in self.rows.items():
                _write(cursor, model, rows)
                rows.clear()
            # With each batch: whoever stops the work leaves a database that goes on.
            for sql in connection.ops.sequence_reset_sql(no_style(), list(self.rows)):
                cursor.execute(sql)


def _may_skip_checks(cursor):
    if connection.vendor != "postgresql":
        return False
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    return cursor.fetchone()[0]


def _write(cursor, model, rows):
    names = columns(model)
    if connection.vendor != "postgresql":
        model.objects.bulk_create(
            [model(**dict(zip(names, row, strict=True))) for row in rows], batch_size=500
        )
        return
    quoted = ", ".join(connection.ops.quote_name(f.column) for f in model._meta.concrete_fields)
    table = connection.ops.quote_name(model._meta.db_table)
    documents = [
        at for at, each in enumerate(model._meta.concrete_fields) if isinstance(each, JSONField)
    ]
    with cursor.copy(f"COPY {table} ({quoted}) FROM STDIN") as copy:
        for row in rows:
            for at in documents:
                row[at] = json.dumps(row[at])
            copy.write_row(row)

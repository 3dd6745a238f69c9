"""Operations of migrations that more than one app needs.

Migrations of every age import them: what an operation does to a database never changes here.
"""

from contextlib import contextmanager

from django.contrib.postgres import operations
from django.contrib.postgres.operations import AddConstraintNotValid as OfPostgreSQL
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations
from django.db.migrations.operations.base import Operation


def _is_valid(schema_editor, name):
    """Whether PostgreSQL's index of that name is whole; None where there is none."""
    if schema_editor.collect_sql:
        return None
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [name])
        row = cursor.fetchone()
    return row[0] if row else None


@contextmanager
def _patiently(schema_editor):
    """Let statements that nobody waits for take as long as they need on PostgreSQL.

    One that makes an index beside writers waits for the transactions that began before, and reads
    the table; cut off by a limit it would leave half an index. Whatever is older goes first.
    """
    if schema_editor.connection.vendor != "postgresql" or schema_editor.collect_sql:
        yield
        return
    schema_editor.execute("SET lock_timeout = 0")
    schema_editor.execute("SET statement_timeout = 0")
    try:
        yield
    finally:
        # After an interruption the session may be gone; the next one has the usual limits.
        if schema_editor.connection.is_usable():
            schema_editor.execute("RESET lock_timeout")
            schema_editor.execute("RESET statement_timeout")


class AddIndex(AddIndexConcurrently):
    """Add an index; on PostgreSQL without a lock that writers wait for.

    The migration needs `atomic = False`, and may be run again after it was interrupted: an index
    that is there stays, half of one is dropped and made whole.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            is_valid = _is_valid(schema_editor, self.index.name)
            if is_valid:
                return
            if is_valid is False:
                name = schema_editor.quote_name(self.index.name)
                with _patiently(schema_editor):
                    schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        add = self._operation(schema_editor).database_forwards
        with _patiently(schema_editor):
            add(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        remove = self._operation(schema_editor).database_backwards
        with _patiently(schema_editor):
            remove(self, app_label, schema_editor, from_state, to_state)

    def _operation(self, schema_editor):
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        return AddIndexConcurrently if is_postgresql else migrations.AddIndex


class RemoveIndex(RemoveIndexConcurrently):
    """Remove an index; on PostgreSQL without a lock that writers wait for.

    The migration needs `atomic = False`, and may be run again after it was interrupted. The
    previous release has to do without the index meanwhile.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        is_run = schema_editor.connection.vendor == "postgresql" and not schema_editor.collect_sql
        if is_run and _is_valid(schema_editor, self.name) is None:
            return
        remove = self._operation(schema_editor).database_forwards
        with _patiently(schema_editor):
            remove(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        add = self._operation(schema_editor).database_backwards
        with _patiently(schema_editor):
            add(self, app_label, schema_editor, from_state, to_state)

    def _operation(self, schema_editor):
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        return RemoveIndexConcurrently if is_postgresql else migrations.RemoveIndex


class AlterFieldWithoutIndex(migrations.AlterField):
    """Take the index of its own from the column of a field, and change nothing else of it.

    Django makes a foreign key again for that, which locks both tables and reads one. The migration
    needs `atomic = False`, and may be run again after it was interrupted.
    """

    atomic = False

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        _table, _column, name = self._index(app_label, schema_editor, to_state)
        with _patiently(schema_editor):
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        table, column, name = self._index(app_label, schema_editor, to_state)
        with _patiently(schema_editor):
            schema_editor.execute(
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {table} ({column})"
            )

    def _index(self, app_label, schema_editor, state):
        """Table, column and name of the index, quoted; the name as Django makes it."""
        model = state.apps.get_model(app_label, self.model_name)
        table, column = model._meta.db_table, model._meta.get_field(self.name).column
        name = schema_editor._create_index_name(table, [column])
        return [schema_editor.quote_name(each) for each in (table, column, name)]


class AddConstraintNotValid(migrations.AddConstraint):
    """Add a constraint that on PostgreSQL holds for what is written from now on, without reading
    the table under its lock; a later migration validates it."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            operation = OfPostgreSQL(self.model_name, self.constraint)
            operation.database_forwards(app_label, schema_editor, from_state, to_state)
        else:
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class ValidateConstraint(operations.ValidateConstraint):
    """Validate a constraint on PostgreSQL, where writers go on meanwhile."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            with _patiently(schema_editor):
                super().database_forwards(app_label, schema_editor, from_state, to_state)


class AddStatistics(Operation):
    """Have PostgreSQL learn how often the values of several columns of a table come together.

    By itself it takes them for independent: of "open" and "in the queue", which are nearly the
    same rows, it would expect one in four hundred instead of one in twenty, and join all of them
    before it sorts. The table is analysed, which neither reads it whole nor locks it.
    """

    reversible = True
    reduces_to_sql = True
    # As many combinations are remembered, and 300 times as many rows are looked at.
    TARGET = 1000

    def __init__(self, model_name, name, fields):
        self.model_name, self.name, self.fields = model_name, name, fields

    def deconstruct(self):
        return self.__class__.__qualname__, [self.model_name, self.name, self.fields], {}

    def state_forwards(self, app_label, state):
        """The state of models knows no statistics."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        quote = schema_editor.quote_name
        table, name = quote(model._meta.db_table), quote(self.name)
        columns = ", ".join(quote(model._meta.get_field(field).column) for field in self.fields)
        schema_editor.execute(
            f"CREATE STATISTICS IF NOT EXISTS {name} (mcv) ON {columns} FROM {table}"
        )
        schema_editor.execute(f"ALTER STATISTICS {name} SET STATISTICS {self.TARGET}")
        with _patiently(schema_editor):
            schema_editor.execute(f"ANALYZE {table}")

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"DROP STATISTICS IF EXISTS {schema_editor.quote_name(self.name)}"
            )

    def describe(self):
        return f"Learn how values of {', '.join(self.fields)} of {self.model_name} come together"


class RunSQLOnPostgreSQL(migrations.RunSQL):
    """Run SQL that only PostgreSQL has and needs; elsewhere nothing."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)

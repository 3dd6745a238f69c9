"""Operations of migrations that more than one app needs.

Migrations of every age import them: what an operation does to a database never changes here.
"""

from django.contrib.postgres import operations
from django.contrib.postgres.operations import AddConstraintNotValid as OfPostgreSQL
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class AddIndex(AddIndexConcurrently):
    """Add an index; on PostgreSQL without a lock that writers wait for.

    The migration needs `atomic = False`.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        add = self._operation(schema_editor).database_forwards
        add(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        remove = self._operation(schema_editor).database_backwards
        remove(self, app_label, schema_editor, from_state, to_state)

    def _operation(self, schema_editor):
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        return AddIndexConcurrently if is_postgresql else migrations.AddIndex


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
            super().database_forwards(app_label, schema_editor, from_state, to_state)

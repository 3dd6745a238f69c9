"""An index of the people who answer tickets, who are few among all."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class AddIndex(AddIndexConcurrently):
    """Add an index; on PostgreSQL without a lock that writers wait for."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        add = self._operation(schema_editor).database_forwards
        add(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        remove = self._operation(schema_editor).database_backwards
        remove(self, app_label, schema_editor, from_state, to_state)

    def _operation(self, schema_editor):
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        return AddIndexConcurrently if is_postgresql else migrations.AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("organizations", "0004_invitation_history")]

    operations = [
        AddIndex(
            model_name="user",
            index=models.Index(
                fields=["name", "id"],
                condition=models.Q(is_active=True) & ~models.Q(staff_role=""),
                name="user_agents",
            ),
        ),
    ]

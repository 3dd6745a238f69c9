"""The index by which the scan finds what is half way to due soon."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


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

    dependencies = [("tickets", "0037_escalation")]

    operations = [
        AddIndex(
            model_name="clock",
            index=models.Index(
                fields=["escalate_at"],
                condition=Q(stopped_at__isnull=True, escalation_told_at__isnull=True),
                name="clock_scan_escalation",
            ),
        ),
    ]

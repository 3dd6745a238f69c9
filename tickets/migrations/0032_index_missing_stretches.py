"""The index by which clocks without stretches are found; empty once they are filled."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q


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

    dependencies = [("tickets", "0031_store_stretches")]

    operations = [
        AddIndex(
            model_name="clock",
            index=models.Index(
                fields=["id"],
                condition=Q(sum_from__isnull=True)
                | Q(counting_from__isnull=True, stretch_from__isnull=False)
                | Q(counting_from__isnull=False, stretch_from__isnull=True)
                | Q(stretch_from__lt=F("counting_from"))
                | Q(stretch_from__lt=F("reckoned_from"))
                | Q(stretch_from__gt=F("counting_from")) & Q(stretch_from__gt=F("reckoned_from")),
                name="clock_without_stretches",
            ),
        ),
    ]

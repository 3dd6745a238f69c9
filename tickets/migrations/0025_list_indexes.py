"""Indexes of lists that were sorted in whole."""

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

    dependencies = [("tickets", "0024_name_jobs_of_their_owners")]

    operations = [
        AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["queue_band", "queue_rank", "queue_at", "id"],
                condition=models.Q(assignee__isnull=True) & ~models.Q(status="closed"),
                name="ticket_queue_of_nobody",
            ),
        ),
        AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["organization", "requester", "-public_updated_at", "-id"],
                name="ticket_list_of_one_requester",
            ),
        ),
        AddIndex(
            model_name="ticket",
            index=models.Index(fields=["-public_updated_at", "-id"], name="ticket_last_changed"),
        ),
        AddIndex(
            model_name="ticket",
            index=models.Index(fields=["opened_by", "created_at"], name="ticket_opened_by_at"),
        ),
    ]

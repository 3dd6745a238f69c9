"""Indexes of lists that were sorted in whole."""

from django.db import migrations, models

from schema.operations import AddIndex


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

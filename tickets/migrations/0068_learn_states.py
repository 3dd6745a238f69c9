"""An index of what is snoozed, and what PostgreSQL has to know to plan the lists of the queue."""

from django.db import migrations, models

from schema.operations import AddIndex, AddStatistics


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0067_drop_unused_indexes")]

    operations = [
        AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["queue_band", "queue_rank", "queue_at", "id"],
                condition=models.Q(("queue_band", 5)),
                name="ticket_queue_snoozed",
            ),
        ),
        AddStatistics("ticket", "ticket_states", ["status", "queue_band", "priority", "category"]),
        AddStatistics("ticket", "ticket_assignees", ["status", "queue_band", "assignee"]),
    ]

"""The index by which the open tickets of a team are listed in the order of the queue."""

from django.db import migrations, models
from django.db.models import Q

from schema.operations import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0044_teams")]

    operations = [
        AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["team", "queue_band", "queue_rank", "queue_at", "id"],
                condition=~Q(status="closed"),
                name="ticket_queue_of_team",
            ),
        ),
    ]

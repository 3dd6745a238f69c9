"""The index by which a merge finds what was merged into a ticket before."""

from django.db import migrations, models
from django.db.models import Q

from schema.operations import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0049_merge_tickets")]

    operations = [
        AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="ticket_merged_into",
            ),
        ),
    ]

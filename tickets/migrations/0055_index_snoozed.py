"""The indexes of what returns, and of dues, which are no longer all in one band of the queue."""

from django.db import migrations, models
from django.db.models import Q

from schema.operations import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0054_snooze")]

    operations = [
        AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="ticket_due"
            ),
        ),
        AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["snoozed_until"],
                condition=Q(snoozed_until__isnull=False),
                name="ticket_snoozed",
            ),
        ),
    ]

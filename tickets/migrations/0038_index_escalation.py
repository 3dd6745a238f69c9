"""The index by which the scan finds what is half way to due soon."""

from django.db import migrations, models
from django.db.models import Q

from schema.operations import AddIndex


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

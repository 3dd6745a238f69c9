"""The index by which failed notifications are listed and counted."""

from django.db import migrations, models
from django.db.models import F, Q

from schema.operations import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notifications", "0012_timing")]

    operations = [
        AddIndex(
            model_name="notification",
            index=models.Index(
                F("id").desc(), condition=Q(state="failed"), name="notification_failed"
            ),
        ),
    ]

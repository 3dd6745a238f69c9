"""The index by which the rows of one message are found."""

from django.db import migrations, models
from django.db.models import Q

from schema.operations import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notifications", "0010_bundles")]

    operations = [
        AddIndex(
            model_name="notification",
            index=models.Index(
                fields=["recipient", "channel"],
                condition=Q(state="pending", is_bundled=True),
                name="notification_bundles",
            ),
        ),
    ]

"""The indexes of the bell: a person's rows, the unread among them, and those to be deleted."""

from django.db import migrations, models
from django.db.models import F, Q

from schema.operations import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notifications", "0008_bell")]

    operations = [
        AddIndex(
            model_name="notification",
            index=models.Index(
                F("recipient"),
                F("id").desc(),
                condition=Q(channel="bell"),
                name="bell_of_person",
            ),
        ),
        AddIndex(
            model_name="notification",
            index=models.Index(
                F("recipient"),
                F("id").desc(),
                include=["ticket"],
                condition=Q(channel="bell", read_at__isnull=True),
                name="bell_unread",
            ),
        ),
        AddIndex(
            model_name="notification",
            index=models.Index(
                fields=["created_at"], condition=Q(channel="bell"), name="bell_by_age"
            ),
        ),
    ]

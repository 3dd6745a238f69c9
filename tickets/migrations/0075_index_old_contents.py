from django.db import migrations, models

from schema.operations import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0074_legal_holds")]

    operations = [
        AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["closed_at", "id"],
                condition=models.Q(("contents_removed_at__isnull", True), ("status", "closed")),
                name="ticket_with_old_contents",
            ),
        ),
    ]

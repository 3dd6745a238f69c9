"""How many webhooks have finally failed is counted for health and metrics."""

from django.db import migrations, models

from schema.operations import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("webhooks", "0001_initial")]

    operations = [
        AddIndex(
            model_name="delivery",
            index=models.Index(
                fields=["-id"], condition=models.Q(state="failed"), name="delivery_failed"
            ),
        )
    ]

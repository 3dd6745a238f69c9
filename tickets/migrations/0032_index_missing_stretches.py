"""The index by which clocks without stretches are found; empty once they are filled."""

from django.db import migrations, models
from django.db.models import F, Q

from schema.operations import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0031_store_stretches")]

    operations = [
        AddIndex(
            model_name="clock",
            index=models.Index(
                fields=["id"],
                condition=Q(sum_from__isnull=True)
                | Q(counting_from__isnull=True, stretch_from__isnull=False)
                | Q(counting_from__isnull=False, stretch_from__isnull=True)
                | Q(stretch_from__lt=F("counting_from"))
                | Q(stretch_from__lt=F("reckoned_from"))
                | Q(stretch_from__gt=F("counting_from")) & Q(stretch_from__gt=F("reckoned_from")),
                name="clock_without_stretches",
            ),
        ),
    ]

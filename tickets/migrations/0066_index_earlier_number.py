"""The index by which an earlier number is found."""

from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Upper

from schema.operations import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0065_earlier_number")]

    operations = [
        AddIndex(
            model_name="ticket",
            index=models.Index(
                Upper("earlier_number"),
                condition=~Q(earlier_number=""),
                name="ticket_by_earlier_number",
            ),
        ),
    ]

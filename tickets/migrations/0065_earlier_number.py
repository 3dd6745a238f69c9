"""The number that an imported ticket had in the system before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0064_sort_by_names")]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="earlier_number",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=40,
                verbose_name="earlier number",
            ),
        ),
    ]

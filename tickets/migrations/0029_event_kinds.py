from django.db import migrations, models


class Migration(migrations.Migration):
    """Which kinds of events there are is no matter of the schema any more; nothing is altered."""

    dependencies = [
        ("tickets", "0028_fill_hold_codes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(max_length=30),
        ),
    ]

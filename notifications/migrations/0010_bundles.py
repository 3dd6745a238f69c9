"""Which rows are sent as one message with others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0009_bell_indexes")]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="is_bundled",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]

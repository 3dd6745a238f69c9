"""Whether a member of staff is on duty; everybody is until they say otherwise."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organizations", "0005_agents_index")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="is_present",
            field=models.BooleanField(db_default=True, default=True, verbose_name="on duty"),
        ),
    ]

"""When a first response is half way to due soon, and when the scan has dealt with that."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0036_edit_previews")]

    operations = [
        migrations.AddField(
            model_name="clock",
            name="escalate_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="clock",
            name="escalation_told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]

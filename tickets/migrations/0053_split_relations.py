"""The links between a ticket and what was split off from it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0052_reassigning_jobs"),
    ]

    operations = [
        migrations.AlterField(
            model_name="ticketlink",
            name="relation",
            field=models.CharField(
                choices=[
                    ("follows", "Follow-up of"),
                    ("continued", "Continued in"),
                    ("related", "Related to"),
                    ("caused_by", "Caused by"),
                    ("causes", "Cause of"),
                    ("merged_in", "Merged into"),
                    ("holds", "Merged here"),
                    ("split_from", "Split off from"),
                    ("split_off", "Split off"),
                ],
                max_length=10,
            ),
        ),
    ]

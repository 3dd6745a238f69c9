"""The topic of followed tickets."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0018_snoozed_topic"),
    ]

    operations = [
        migrations.AlterField(
            model_name="preference",
            name="topic",
            field=models.CharField(
                choices=[
                    ("replies", "Replies"),
                    ("progress", "Progress"),
                    ("reminders", "Reminders"),
                    ("receipts", "Receipts"),
                    ("new", "New tickets"),
                    ("customers", "What customers do"),
                    ("handovers", "Assignment"),
                    ("due_soon", "Due soon"),
                    ("mentions", "Mentions"),
                    ("snoozed", "Snoozed tickets"),
                    ("followed", "Followed tickets"),
                ],
                max_length=10,
                verbose_name="topic",
            ),
        ),
    ]

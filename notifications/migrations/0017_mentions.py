"""The topic of mentions."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0016_one_index_of_event"),
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
                ],
                max_length=10,
                verbose_name="topic",
            ),
        ),
    ]

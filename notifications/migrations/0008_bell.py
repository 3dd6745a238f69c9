"""When a row of the bell was seen, and two more topics."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0007_reason_codes")]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="read_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
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
                ],
                max_length=10,
                verbose_name="topic",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0007_watchers_event")]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "Opened"),
                    ("accepted", "Accepted"),
                    ("released", "Released"),
                    ("assigned", "Assigned"),
                    ("agent_replied", "Support replied"),
                    ("customer_replied", "Customer wrote"),
                    ("customer_thanked", "Customer said thanks"),
                    ("noted", "Internal note"),
                    ("resumed", "Work resumed"),
                    ("closed_by_customer", "Closed by the customer"),
                    ("resolved", "Closed as resolved"),
                    ("closed_automatically", "Closed by itself"),
                    ("reopened", "Reopened"),
                    ("priority_changed", "Priority changed"),
                    ("category_changed", "Category changed"),
                    ("plan_changed", "Support plan changed"),
                    ("held", "Automatic close held"),
                    ("hold_lifted", "Hold lifted"),
                    ("due_soon", "Due soon"),
                    ("breached", "Overdue"),
                    ("rated", "Rated"),
                    ("watchers_changed", "Watchers changed"),
                    ("close_reminded", "Reminder of the automatic close"),
                ],
                max_length=30,
            ),
        ),
    ]

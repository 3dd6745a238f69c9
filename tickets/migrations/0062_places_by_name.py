"""Where a ticket stands by the names of its organization and its assignee."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0061_canned_of_teams"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="organization_place",
            field=models.BinaryField(db_default=b"", default=b"", max_length=64),
        ),
        migrations.AddField(
            model_name="ticket",
            name="assignee_place",
            field=models.BinaryField(db_default=b"", default=b"", max_length=64),
        ),
        migrations.AlterField(
            model_name="ticketjob",
            name="kind",
            field=models.CharField(
                choices=[
                    ("plan_changed", "Moved to another plan"),
                    ("suspended", "Suspended"),
                    ("unsuspended", "Suspension ended"),
                    ("agent_cleared", "Agent deactivated"),
                    ("reassigned", "Tickets of an absent agent reassigned"),
                    ("renamed", "Renamed"),
                ],
                max_length=20,
                verbose_name="change",
            ),
        ),
    ]

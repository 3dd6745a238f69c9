"""Jobs that hand on the tickets of an absent agent."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0051_pages_of_a_viewer"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="ticketjob",
            name="to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="to",
            ),
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
                ],
                max_length=20,
                verbose_name="change",
            ),
        ),
    ]

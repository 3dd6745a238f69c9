"""Why an agent is away and until when, their working hours, and since when nobody reaches them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0010_sent_forms"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="away_reason",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=120, verbose_name="why away"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="back_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="back at"),
        ),
        migrations.AddField(
            model_name="user",
            name="absent_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="working_hours",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="plans.calendar",
                verbose_name="working hours",
            ),
        ),
    ]

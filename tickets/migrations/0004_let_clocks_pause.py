import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0004_shipped_plans"),
        ("tickets", "0003_index_large_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="clock",
            name="clock_due_after_start",
        ),
        migrations.AddField(
            model_name="clock",
            name="agent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="clock",
            name="counted",
            field=models.DurationField(default=datetime.timedelta(0)),
        ),
        migrations.AddField(
            model_name="clock",
            name="counting_from",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="clock",
            name="paused_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="clock",
            name="reckoned_for",
            field=models.DurationField(null=True),
        ),
        migrations.AddField(
            model_name="clock",
            name="reckoned_from",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="clock",
            name="remaining",
            field=models.DurationField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="clockchange",
            name="new_remaining",
            field=models.DurationField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="clockchange",
            name="old_remaining",
            field=models.DurationField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="clockchange",
            name="reckoned_for",
            field=models.DurationField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="clockchange",
            name="reckoned_from",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="clockchange",
            name="target",
            field=models.DurationField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="clock",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="clock",
            name="due_soon_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="clockchange",
            name="reason",
            field=models.CharField(
                choices=[
                    ("started", "Started"),
                    ("raised", "Priority raised"),
                    ("lowered", "Priority lowered"),
                    ("plan", "Plan changed"),
                    ("recalculated", "Plan or calendar edited"),
                    ("closure", "Closure of the calendar"),
                    ("paused", "Paused"),
                    ("resumed", "Counting again"),
                    ("due_soon", "Due soon"),
                    ("breached", "Breached"),
                    ("met", "Met"),
                    ("answered_late", "Answered late"),
                    ("closed_late", "Closed late"),
                    ("withdrawn", "Withdrawn"),
                ],
                max_length=20,
            ),
        ),
    ]

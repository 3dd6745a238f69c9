"""When clocks counted, as rows, and two columns by which clocks that lack them are found.

Safe while the previous release runs: it leaves the columns empty.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

REASONS = [
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
]


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0008_first_history"),
        ("tickets", "0030_index_text"),
    ]

    operations = [
        migrations.AddField(
            model_name="clock",
            name="stretch_from",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="clock",
            name="sum_from",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="ClockStretch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_because",
                    models.CharField(blank=True, choices=REASONS, max_length=20),
                ),
                (
                    "calendar_version",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="plans.calendarversion",
                    ),
                ),
                (
                    "clock",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stretches",
                        to="tickets.clock",
                    ),
                ),
            ],
            options={
                "verbose_name": "counted stretch",
                "verbose_name_plural": "counted stretches",
                "ordering": ["clock", "started_at"],
                "constraints": [
                    models.UniqueConstraint(fields=["clock", "started_at"], name="stretch_once"),
                    models.UniqueConstraint(
                        fields=["clock"],
                        condition=Q(ended_at__isnull=True),
                        name="stretch_one_open",
                    ),
                    models.CheckConstraint(
                        condition=Q(ended_at__isnull=True, ended_because="")
                        | Q(ended_at__gte=F("started_at")) & ~Q(ended_because=""),
                        name="stretch_end_has_reason",
                    ),
                ],
            },
        ),
    ]

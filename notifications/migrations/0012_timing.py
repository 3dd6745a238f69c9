"""When people are sent what can wait."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0011_bundle_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Timing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quiet_from", models.TimeField(blank=True, null=True)),
                ("quiet_until", models.TimeField(blank=True, null=True)),
                (
                    "digest",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "At once"),
                            ("hourly", "Together, each hour"),
                            ("daily", "Together, once a day"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("digest_hour", models.PositiveSmallIntegerField(default=9)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notification_timing",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "timing of notifications",
                "verbose_name_plural": "timings of notifications",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                        | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                        name="timing_quiet_hours_have_both_ends",
                    ),
                    models.CheckConstraint(
                        condition=Q(digest_hour__lt=24), name="timing_digest_hour"
                    ),
                ],
            },
        ),
    ]

import datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0005_fill_sums_of_clocks"),
    ]

    operations = [
        migrations.AlterField(
            model_name="clock",
            name="reckoned_for",
            field=models.DurationField(),
        ),
        migrations.AlterField(
            model_name="clock",
            name="reckoned_from",
            field=models.DateTimeField(),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_at__gte", models.F("started_at")),
                    ("due_soon_at__lte", models.F("due_at")),
                ),
                name="clock_due_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("due_at__isnull", False),
                        ("due_soon_at__isnull", False),
                        ("paused_at__isnull", True),
                        ("remaining__isnull", True),
                    ),
                    models.Q(
                        ("counting_from__isnull", True),
                        ("due_at__isnull", True),
                        ("due_soon_at__isnull", True),
                        ("kind", "resolution"),
                        ("paused_at__isnull", False),
                        ("remaining__gte", datetime.timedelta(0)),
                        ("state", "running"),
                    ),
                    _connector="OR",
                ),
                name="clock_due_or_paused",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stopped_at__isnull", True), ("counting_from__isnull", True), _connector="OR"
                ),
                name="clock_stopped_counts_no_more",
            ),
        ),
    ]

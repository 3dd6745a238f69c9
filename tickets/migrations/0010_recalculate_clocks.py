import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0001_initial"),
        ("plans", "0007_amend_calendar_versions"),
        ("tickets", "0009_rating"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Recalculation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("helping", "Where it helps the customer"),
                            ("all", "All running clocks"),
                            ("closure", "Declared closure"),
                        ],
                        max_length=10,
                        verbose_name="running clocks",
                    ),
                ),
                ("reasons", models.JSONField(blank=True, default=dict)),
                ("closed_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(verbose_name="asked for")),
                ("last_ticket", models.BigIntegerField(default=0)),
                (
                    "looked_at",
                    models.PositiveIntegerField(default=0, verbose_name="tickets looked at"),
                ),
                (
                    "moved",
                    models.PositiveIntegerField(
                        default=0, verbose_name="tickets whose clocks moved"
                    ),
                ),
                (
                    "failed",
                    models.PositiveIntegerField(default=0, verbose_name="tickets that failed"),
                ),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="finished"),
                ),
            ],
            options={
                "verbose_name": "recalculation",
                "verbose_name_plural": "recalculations",
                "ordering": ["-pk"],
            },
        ),
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
                    ("clocks_moved", "Due times counted anew"),
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
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("status", "closed"), _negated=True),
                fields=["id"],
                name="ticket_open_by_number",
            ),
        ),
        migrations.AddField(
            model_name="recalculation",
            name="calendar",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="plans.calendar",
                verbose_name="calendar",
            ),
        ),
        migrations.AddField(
            model_name="recalculation",
            name="concerned",
            field=models.ManyToManyField(blank=True, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="recalculation",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked for by",
            ),
        ),
        migrations.AddField(
            model_name="recalculation",
            name="plan",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="plans.plan",
                verbose_name="plan",
            ),
        ),
        migrations.AddIndex(
            model_name="recalculation",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", True)),
                fields=["id"],
                name="recalculation_unfinished",
            ),
        ),
        migrations.AddConstraint(
            model_name="recalculation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("calendar__isnull", True), ("plan__isnull", False)),
                    models.Q(("calendar__isnull", False), ("plan__isnull", True)),
                    _connector="OR",
                ),
                name="recalculation_of_one_thing",
            ),
        ),
    ]

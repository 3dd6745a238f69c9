import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from schema.operations import AlterFieldWithoutIndex


class Migration(migrations.Migration):
    # Indexes are dropped without a lock that others wait for.
    atomic = False

    dependencies = [
        ("plans", "0008_first_history"),
        ("tickets", "0066_index_earlier_number"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AlterFieldWithoutIndex(
            model_name="clock",
            name="answer",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tickets.message",
            ),
        ),
        AlterFieldWithoutIndex(
            model_name="clock",
            name="assignee_at_breach",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        AlterFieldWithoutIndex(
            model_name="clockchange",
            name="calendar_version",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="plans.calendarversion",
            ),
        ),
        AlterFieldWithoutIndex(
            model_name="clockchange",
            name="plan_version",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="plans.planversion",
            ),
        ),
    ]

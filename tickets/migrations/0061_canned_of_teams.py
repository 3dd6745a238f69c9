"""Canned replies of a team. What the previous release writes has none, which the constraint takes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0060_followers_and_customer_notes")]

    operations = [
        migrations.AddField(
            model_name="cannedreply",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tickets.team",
                verbose_name="team",
            ),
        ),
        migrations.AlterField(
            model_name="cannedreply",
            name="scope",
            field=models.CharField(
                choices=[("own", "Only me"), ("team", "A team"), ("shared", "All agents")],
                max_length=6,
                verbose_name="who finds it",
            ),
        ),
        migrations.RemoveConstraint(model_name="cannedreply", name="canned_scope_names_owner"),
        migrations.AddConstraint(
            model_name="cannedreply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("owner", None), ("scope", "shared"), ("team", None)),
                    models.Q(("owner__isnull", False), ("scope", "team"), ("team__isnull", False)),
                    models.Q(("owner__isnull", False), ("scope", "own"), ("team", None)),
                    _connector="OR",
                ),
                name="canned_scope_names_whose",
            ),
        ),
    ]

"""An index of the people who answer tickets, who are few among all."""

from django.db import migrations, models

from schema.operations import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("organizations", "0004_invitation_history")]

    operations = [
        AddIndex(
            model_name="user",
            index=models.Index(
                fields=["name", "id"],
                condition=models.Q(is_active=True) & ~models.Q(staff_role=""),
                name="user_agents",
            ),
        ),
    ]

"""The constraint of snoozed tickets holds for the rows that were there before it."""

from django.db import migrations

from schema.operations import ValidateConstraint


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0055_index_snoozed")]

    operations = [ValidateConstraint(model_name="ticket", name="ticket_snoozed_is_ours")]

"""What the lists are filtered by goes into the indexes that lead through them in their order."""

from django.db import migrations, models

from schema.operations import AddIndex, RemoveIndex

IS_OPEN = models.Q(("status", "closed"), _negated=True)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0068_learn_states")]

    operations = [
        AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["queue_band", "queue_rank", "queue_at", "id"],
                include=[
                    *("status", "priority", "category"),
                    *("organization", "requester", "assignee", "team"),
                    *("created_at", "waiting_since", "due_at", "due_soon_at"),
                ],
                condition=IS_OPEN,
                name="ticket_queue_with_filters",
            ),
        ),
        AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["organization", "-public_updated_at", "-id"],
                include=[
                    *("status", "priority", "category", "requester"),
                    *("due_at", "support_spoke_last"),
                ],
                name="ticket_list_with_filters",
            ),
        ),
        AddIndex(
            model_name="clock",
            index=models.Index(
                fields=["due_at", "ticket"],
                condition=models.Q(("state", "breached")),
                name="clock_breached",
            ),
        ),
        RemoveIndex(model_name="ticket", name="ticket_queue"),
        RemoveIndex(model_name="ticket", name="ticket_list_of_organization"),
    ]

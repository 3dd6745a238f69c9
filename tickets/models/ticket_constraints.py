"""What the database refuses about the row of a ticket, whatever wrote it."""

from django.db import models
from django.db.models import Q

from plans.models import Priority
from tickets.choices import OURS, Band, Category, Status

CONSTRAINTS = [
    models.CheckConstraint(condition=Q(status__in=Status.values), name="ticket_known_status"),
    models.CheckConstraint(condition=Q(priority__in=Priority.values), name="ticket_known_priority"),
    models.CheckConstraint(condition=Q(category__in=Category.values), name="ticket_known_category"),
    models.CheckConstraint(
        condition=Q(status=Status.CLOSED, closed_at__isnull=False)
        | (~Q(status=Status.CLOSED) & Q(closed_at__isnull=True)),
        name="ticket_closed_at_when_closed",
    ),
    # What awaits the customer closes by itself or is held, and owes nobody an answer.
    models.CheckConstraint(
        condition=~Q(status=Status.AWAITING_CUSTOMER)
        & Q(
            auto_close_at__isnull=True,
            auto_close_remind_at__isnull=True,
            auto_close_held_at__isnull=True,
        )
        | Q(status=Status.AWAITING_CUSTOMER)
        & Q(waiting_since__isnull=True, due_at__isnull=True)
        & (
            Q(auto_close_at__isnull=False, auto_close_held_at__isnull=True)
            | Q(
                auto_close_at__isnull=True,
                auto_close_remind_at__isnull=True,
                auto_close_held_at__isnull=False,
            )
        ),
        name="ticket_awaiting_customer_closes_or_is_held",
    ),
    models.CheckConstraint(
        condition=~Q(status=Status.CLOSED)
        | Q(waiting_since__isnull=True, due_at__isnull=True, queue_band=Band.CLOSED),
        name="ticket_closed_waits_for_nothing",
    ),
    models.CheckConstraint(
        condition=Q(status=Status.CLOSED, queue_band=Band.CLOSED)
        | ~Q(status=Status.CLOSED) & ~Q(queue_band=Band.CLOSED),
        name="ticket_band_of_open",
    ),
    models.CheckConstraint(
        condition=~Q(status=Status.IN_PROGRESS) | Q(assignee__isnull=False),
        name="ticket_in_progress_has_assignee",
    ),
    # What is snoozed is ours to handle, in the band of its own, and names who did it.
    models.CheckConstraint(
        condition=Q(snoozed_until__isnull=True, snoozed_by__isnull=True)
        & ~Q(queue_band=Band.SNOOZED)
        | Q(snoozed_until__isnull=False, snoozed_by__isnull=False)
        & Q(queue_band=Band.SNOOZED, status__in=OURS),
        name="ticket_snoozed_is_ours",
    ),
]

"""A ticket's place in the queue: the stored band, rank and instant. See "Queue order"."""

from plans.models import Priority
from tickets.choices import Band, Status

from .auto_close import AUTO_CLOSE_AFTER


def place(ticket):
    """Set the three columns that the queue is sorted by from the ticket's other columns."""
    ticket.queue_band, ticket.queue_rank, ticket.queue_at = _place(ticket)


def _place(ticket):
    if ticket.status == Status.CLOSED:
        return Band.CLOSED, 0, ticket.closed_at
    if ticket.is_snoozed or ticket.returned_at:
        band = Band.SNOOZED if ticket.is_snoozed else Band.RETURNED
        return band, 0, ticket.snoozed_until or ticket.returned_at
    if ticket.due_at is not None:
        return Band.DUE, 0, ticket.due_at
    if ticket.waiting_since is not None:
        # The most urgent first, so the rank counts down from critical.
        return Band.WAITING, -Priority(ticket.priority).rank, ticket.waiting_since
    if ticket.status == Status.AWAITING_CUSTOMER:
        held_until = ticket.last_public_message_at + AUTO_CLOSE_AFTER
        return Band.AWAITING_CUSTOMER, 0, ticket.auto_close_at or held_until
    return Band.OUR_MOVE, 0, ticket.last_public_message_at

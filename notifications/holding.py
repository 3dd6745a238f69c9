"""The hold of an automatic close while the latest reply has reached nobody of the customer's."""

import logging

from tickets import services as ticket_services
from tickets.choices import HoldCode
from tickets.errors import TicketError
from tickets.models import Message, Ticket

from .models import Notification

logger = logging.getLogger(__name__)


def lock_ticket(row):
    """Give the row its ticket as it is, locked: of several rows that fail at once the last one is
    seen to be the last. Inside a transaction."""
    row.ticket = Ticket.objects.select_for_update(no_key=True).get(pk=row.ticket_id)


def hold_if_unreached(row, *, now):
    """Stop the automatic close when nobody of the customer's could be given the latest reply.

    For a row that has failed, of a locked ticket.
    """
    if not _is_latest_reply(row) or row.ticket.auto_close_at is None:
        return
    to_customers = Notification.objects.of_event(row.event).to_customers().by_external()
    if to_customers.notified_or_pending().exists():
        return
    try:
        ticket_services.hold_auto_close(row.ticket, actor=None, code=HoldCode.UNREACHED, now=now)
    except TicketError:
        # It moved on in this very moment; nothing is left to hold.
        logger.info("Ticket %s needs no hold any more", row.ticket_id)


def lift_if_reached(row, *, now):
    """End such a hold, and begin the 48 hours again, once the latest reply was delivered."""
    if not _is_latest_reply(row) or row.ticket.auto_close_hold_code != HoldCode.UNREACHED:
        return
    try:
        ticket_services.lift_hold(row.ticket, actor=None, code=HoldCode.UNREACHED, now=now)
    except TicketError:
        logger.info("Ticket %s is held no more", row.ticket_id)


def _is_latest_reply(row):
    """Whether the row tells a customer of the latest public message, and it is the helpdesk's."""
    message = row.event.message
    if row.recipient.staff_role or message is None or message.kind != Message.Kind.PUBLIC:
        return False
    return row.ticket.last_public_message_id == message.pk

"""Whether a notification is still to be sent, asked at the moment of sending."""

from tickets.models import Ticket

from .audience import may_customers_learn
from .notices import notice_of
from .preferences import is_wanted
from .reasons import Reason


def reason_to_skip(notification, *, now):
    """Why it is not to be sent any more, as a code; "" when it is."""
    event = notification.event
    if reason := _not_for(notification):
        return reason
    return notice_of(event).outdated(notification, now)


def _not_for(notification):
    """Why the recipient is not notified of the event."""
    recipient, event = notification.recipient, notification.event
    if not recipient.is_active:
        return Reason.INACTIVE
    if Ticket.objects.visible_to(recipient).numbered(notification.ticket_id) is None:
        return Reason.UNSEEN
    if not recipient.staff_role and not may_customers_learn(event):
        return Reason.INTERNAL
    return "" if is_wanted(notification) else Reason.UNWANTED

"""Whether notifications are still to be sent, asked at the moment of sending."""

from tickets.models import Ticket

from .audience import may_customers_learn
from .notices import notice_of
from .preferences import wanted_among
from .reasons import Reason


def reasons_to_skip(notifications, *, now):
    """Why each is not to be sent any more, as a code by its key; "" where it is.

    For notifications of one person by one channel, in as many statements as for one.
    """
    recipient = notifications[0].recipient
    if not recipient.is_active:
        return {each.pk: Reason.INACTIVE for each in notifications}
    tickets = {each.ticket_id for each in notifications}
    seen = set(Ticket.objects.visible_to(recipient).only("pk").in_bulk(tickets))
    wanted = wanted_among(notifications)
    return {each.pk: _reason(each, seen, wanted, now) for each in notifications}


def _reason(notification, seen, wanted, now):
    if notification.ticket_id not in seen:
        return Reason.UNSEEN
    if not notification.recipient.staff_role and not may_customers_learn(notification.event):
        return Reason.INTERNAL
    if notification.pk not in wanted:
        return Reason.UNWANTED
    if notification.more:
        # True of the others, whatever has become of its own ticket.
        return ""
    return notice_of(notification.event).outdated(notification, now)

"""Tickets that agents have put away, and one that is back."""

from datetime import timedelta

from tickets import services
from tickets.choices import Band
from tickets.models import Ticket

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def write(people, *, now):
    """Put some tickets away on which it is support's turn and nothing waits."""
    free = Ticket.objects.filter(queue_band=Band.OUR_MOVE).in_queue_order()
    tickets, agent = list(free[:4]), people["maryam"]
    for ticket in tickets[:1]:
        services.snooze(ticket, actor=agent, until=now - 2 * MINUTE, now=now - 3 * MINUTE)
    services.return_snoozed(now - MINUTE)
    for ticket, until in zip(tickets[1:], (now + DAY, now + 3 * DAY, None), strict=False):
        services.snooze(ticket, actor=ticket.assignee or agent, until=until, now=now - MINUTE)

"""Tickets that agents have put away, and one that is back."""

from datetime import timedelta

from tickets import services
from tickets.choices import Band
from tickets.models import Event, Ticket

DAY = timedelta(days=1)


def write(people, *, now):
    """Put some tickets away on which it is support's turn and nothing waits."""
    free = Ticket.objects.filter(queue_band=Band.OUR_MOVE).in_queue_order()
    tickets, agent = list(free[:4]), people["maryam"]
    # After all that the stories tell, and before now.
    last = Event.objects.latest("pk").created_at
    step = (now - last) / 3
    for ticket in tickets[:1] if step else ():
        services.snooze(ticket, actor=agent, until=last + step, now=last)
        services.return_snoozed(last + step)
    for ticket, until in zip(tickets[1:], (now + DAY, now + 3 * DAY, None), strict=False):
        services.snooze(ticket, actor=ticket.assignee or agent, until=until, now=last + 2 * step)

"""Tickets of absent agents on which a customer writes: after ten minutes they go to the team."""

from datetime import timedelta
from functools import partial

from django.utils import timezone

from plans.transactions import in_transaction
from tickets import rows
from tickets.models import Event, Team, Ticket
from tickets.signals import run_finished

from .catching_up import catch_up
from .changing import changes_of, give_to, write
from .isolating import in_batches
from .routing import route_home

# So long a ticket waits for its assignee to come back.
PATIENCE = timedelta(minutes=10)


def return_tickets(now=None):
    """Give every ticket that came back to an absent assignee to its team, else to the team of its
    category, else to the queue. Returns how many.

    Outside their working hours, agents keep their tickets while nobody else could take them.
    """
    now = now or timezone.now()
    found = Ticket.objects.returned_to_absent(now - PATIENCE)
    returned = in_batches(found, partial(_return_batch, now=now))
    run_finished.send(sender=None, now=now)
    return returned


@in_transaction
def _return_batch(keys, now):
    found = Ticket.objects.returned_to_absent(now - PATIENCE).filter(rows.AnyOf("pk", keys))
    held = found.select_related("team").select_for_update(
        of=("self",), skip_locked=True, no_key=True
    )
    tickets = list(held)
    catch_up(tickets)
    teams = Team.objects.by_category()
    changes = changes_of(tickets, actor=None, now=now)
    for change in changes:
        ticket = change.ticket
        give_to(ticket, None)
        change.record(Event.Kind.RETURNED, **route_home(ticket, teams))
    write(changes)
    return len(changes)

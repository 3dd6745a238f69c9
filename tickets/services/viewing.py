"""Signs of life of agents' open pages: who looks at a ticket, and who writes.

They change no ticket: no event, no lock, nothing that a customer could learn of.
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from plans.transactions import in_transaction
from tickets.models import Viewing

# Within this time after somebody left or lost the connection, no colleague's page shows them.
GONE_WITHIN = timedelta(seconds=40)
# An open page of which one sign was lost is still open.
MISSED = 2.3


def stays():
    """How long a sign counts: colleagues learn at their next poll that it does no more."""
    every = timedelta(seconds=settings.LIVE_SECONDS)
    return max(GONE_WITHIN - every, MISSED * every)


def record_viewing(number, person, activity, *, page="", now):
    """A page of ticket `number` is open to an agent (a key), who does `activity` there."""
    sign = Viewing(ticket_id=number, user_id=person, page=page, activity=activity)
    sign.until = now + stays()
    Viewing.objects.bulk_create(
        [sign],
        update_conflicts=True,
        unique_fields=["ticket", "user", "page"],
        update_fields=["activity", "until"],
    )


def forget_viewing(number, person, *, page=""):
    """The agent has left this page of ticket `number`."""
    Viewing.objects.of(person, number).filter(page=page).delete()


@in_transaction
def sweep_viewings(now=None):
    """Remove signs that count no more. Returns how many."""
    return Viewing.objects.past(now or timezone.now()).delete()[0]

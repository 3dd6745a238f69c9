"""What a reader leaves behind: that they have seen a ticket, and how they like their list.

Neither changes a ticket, so neither makes an event.
"""

from plans.transactions import in_transaction
from tickets.models import ListPreference, Sighting


@in_transaction
def mark_seen(ticket, *, actor, until):
    """The member knows the public story up to `until`, but never what is still to come."""
    record_sighting(ticket, actor, min(until, ticket.public_updated_at))


def record_sighting(ticket, user, at):
    """Move the person's mark forward; a page that was opened earlier never moves it back."""
    mark = Sighting.objects.filter(ticket=ticket, user=user)
    if not mark.filter(seen_at__lt=at).update(seen_at=at):
        # There is none yet, or a later one, which stays.
        record_first_sighting(ticket, user, at)


def record_first_sighting(ticket, user, at):
    """Set the person's mark where they have none."""
    new = Sighting(ticket=ticket, user=user, seen_at=at)
    Sighting.objects.bulk_create([new], ignore_conflicts=True)


@in_transaction
def keep_list(user, query):
    """Remember `query` as the address at which the person wants to find their list."""
    ListPreference.objects.update_or_create(user=user, defaults={"query": query})

"""Addresses that mail comes back from for good: the second mail that does marks the address."""

from datetime import timedelta

from organizations import services as people
from organizations.models import User
from tickets import services as ticket_services

from .models import AddressFailure, Notification

# So many different mails within this time mark an address.
ENOUGH = 2
COUNTED = timedelta(days=30)
# A mail that has not come back so long after it was sent has arrived.
ARRIVED = timedelta(days=1)


def locked_person(row):
    """The recipient of a notification, locked: of two failures at once one is the second."""
    return User.objects.select_for_update(no_key=True).get(pk=row.recipient_id)


def record_failure(person, row, reason, *, now):
    """Remember that the mail of a notification came back for good from a locked person's address,
    and mark the address if it is the second one since a mail arrived. Then the ticket's history
    says so, by which the organization's owners and the ticket's agent are notified.

    A mail counts once, however often it is sent and comes back.
    """
    if person.is_undeliverable or not row.was_sent_to(person.email):
        return
    failure = AddressFailure(
        person=person, address=person.email, mail=row.message_id, failed_at=now
    )
    AddressFailure.objects.bulk_create([failure], ignore_conflicts=True)
    since = now - COUNTED
    if arrived_at := Notification.objects.arrived_at(person, before=now - ARRIVED):
        since = max(since, arrived_at)
    failures = AddressFailure.objects.filter(
        person=person, address=person.email, failed_at__gt=since
    )
    if failures.count() >= ENOUGH:
        people.mark_undeliverable(person, reason=reason, now=now)
        ticket_services.record_undeliverable(row.ticket, person=person, now=now)


def forget_old_failures(*, now):
    """Delete failures that do not count any more. Returns how many."""
    return AddressFailure.objects.filter(failed_at__lte=now - COUNTED).delete()[0]


def forget_failures(person):
    """Count from the beginning: the person's address was shown to work, or is to be tried again."""
    AddressFailure.objects.filter(person=person).delete()

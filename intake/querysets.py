"""Which mails."""

from django.db import models

from .choices import State

MOST_ATTEMPTS = 3
# What a supervisor decides on.
IN_QUARANTINE = [State.QUARANTINED, State.REFUSED]
# Whose original nobody needs for a decision any more; what is refused came to no ticket's address.
ORIGINAL_MAY_GO = [State.POSTED, State.IGNORED, State.DISCARDED, State.REFUSED]


class ReceivedMailQuerySet(models.QuerySet):
    def to_process(self):
        return self.filter(state=State.RECEIVED, attempts__lt=MOST_ATTEMPTS).order_by("pk")

    def given_up(self):
        """Mails whose processing failed, or ended with its process, at every attempt."""
        return self.filter(state=State.RECEIVED, attempts__gte=MOST_ATTEMPTS)

    def listed(self):
        """For a list, without the mails themselves."""
        return self.defer("content").select_related("person", "ticket")

    def held(self):
        return self.filter(state=State.HELD)

    def held_on(self, ticket):
        return self.held().filter(ticket=ticket)

    def from_sender_since(self, sender, at):
        return self.filter(sender=sender, received_at__gt=at)

    def on_ticket_since(self, ticket, at):
        return self.filter(ticket=ticket, received_at__gt=at)

    def refused_since(self, at):
        return self.filter(state=State.REFUSED, received_at__gt=at)

    def to_decide(self):
        """Mails that can still become a message: those that have their original."""
        return self.filter(state__in=[*IN_QUARANTINE, State.HELD], original_deleted_at=None)

    def waiting(self):
        """Mails that no worker has settled yet."""
        return self.filter(state=State.RECEIVED)

    def with_original_settled_before(self, at):
        """Mails whose original may be deleted, the oldest first."""
        found = self.filter(state__in=ORIGINAL_MAY_GO, original_deleted_at=None, settled_at__lt=at)
        return found.order_by("settled_at")

    def decided_by(self, user):
        """What the person may decide about: supervisors all, agents what is held on a ticket."""
        return self if user.is_supervisor else self.held()

    def settled_by(self, user):
        """What the person has decided about."""
        return self.filter(settled_by=user)

    def older_than(self, pk):
        return self.filter(pk__lt=pk)

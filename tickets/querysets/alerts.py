"""Which alerts of monitoring."""

from django.db import models


class AlertQuerySet(models.QuerySet):
    def reported(self, organization, report):
        """The alert that a report is about, with its ticket; None where it is a new one."""
        named = {"source": report.source, "fingerprint": report.fingerprint}
        found = self.select_related("ticket").filter(organization=organization, **named)
        return found.first()

    def of_tickets(self, tickets):
        return self.filter(ticket__in=tickets)

    def of_ticket(self, ticket):
        """In the order in which they first came; a ticket with many shows the latest of them."""
        return self.filter(ticket=ticket).order_by("-last_at", "-pk")[:20]

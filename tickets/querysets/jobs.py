"""Which background changes of tickets."""

from django.db import models
from django.db.models import Q


class TicketJobQuerySet(models.QuerySet):
    def unfinished(self):
        """What is still to be done, in the order in which it was changed."""
        return self.filter(finished_at__isnull=True).order_by("pk")

    def reassigning(self, agent):
        """Those that reassign the agent's tickets, the latest first."""
        return self.filter(kind=self.model.Kind.REASSIGNED, agent=agent).order_by("-pk")

    def before(self, job):
        """Earlier ones of the same organization or agent; all of them for an unsaved job."""
        same = self.filter(organization=job.organization_id, agent=job.agent_id)
        return same if job.pk is None else same.filter(pk__lt=job.pk)

    def concerning(self, tickets):
        """Those of the tickets' organizations and assignees."""
        organizations = {ticket.organization_id for ticket in tickets}
        agents = {ticket.assignee_id for ticket in tickets} - {None}
        of_tickets = Q(organization__in=organizations) | Q(agent__in=agents)
        terms = ("organization", "agent", "to", "plan_version", "calendar_version")
        return self.filter(of_tickets).select_related(*terms)

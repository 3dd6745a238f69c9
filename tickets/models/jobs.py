"""What an admin's change does to many open tickets, and how far a worker has come with it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations.models import Organization
from plans.models import CalendarVersion, PlanVersion
from tickets.querysets.jobs import TicketJobQuerySet

from .ticket import Ticket


class TicketJob(models.Model):
    """A change of an organization or an agent that its open tickets follow, at its own instant.

    `last_ticket` is the highest ticket number that a worker has come to; `skipped` are those before
    it that somebody held, `handled` those that a service has dealt with before the worker.
    """

    class Kind(models.TextChoices):
        PLAN_CHANGED = "plan_changed", _("Moved to another plan")
        SUSPENDED = "suspended", _("Suspended")
        UNSUSPENDED = "unsuspended", _("Suspension ended")
        AGENT_CLEARED = "agent_cleared", _("Agent deactivated")
        REASSIGNED = "reassigned", _("Tickets of an absent agent reassigned")
        RENAMED = "renamed", _("Renamed")

    kind = models.CharField(_("change"), max_length=20, choices=Kind.choices)
    # Whose tickets: one of both.
    organization = models.ForeignKey(
        Organization,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="ticket_jobs",
        verbose_name=_("organization"),
    )
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ticket_jobs",
        verbose_name=_("agent"),
    )
    # Who gets reassigned tickets; without anybody they go to their teams.
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("to"),
    )
    # What is promised from then on; nothing to a suspended organization.
    plan_version = models.ForeignKey(
        PlanVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    calendar_version = models.ForeignKey(
        CalendarVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("changed"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("changed by"),
    )
    # Tickets with a higher number were opened after the change.
    last_concerned = models.BigIntegerField(default=0)
    last_ticket = models.BigIntegerField(default=0)
    skipped = models.JSONField(default=list, blank=True)
    handled = models.ManyToManyField(Ticket, related_name="handled_by_jobs", blank=True)
    total = models.PositiveIntegerField(_("open tickets"), default=0)
    looked_at = models.PositiveIntegerField(_("tickets looked at"), default=0)
    moved = models.PositiveIntegerField(_("tickets changed"), default=0)
    failed = models.PositiveIntegerField(_("tickets that failed"), default=0)
    # Tries of the next batch that failed as a whole; after the last one it is given up for this
    # problem, and finished.
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    problem = models.CharField(
        _("stopped because"), max_length=300, blank=True, default="", db_default=""
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = TicketJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("background change")
        verbose_name_plural = _("background changes")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organization__isnull=False, agent__isnull=True)
                | Q(organization__isnull=True, agent__isnull=False),
                name="ticket_job_of_one_thing",
            )
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(finished_at__isnull=True),
                name="ticket_job_unfinished",
            )
        ]

    def __str__(self):
        return f"{self.whose}: {self.get_kind_display()}"

    @property
    def whose(self):
        """The organization or the agent whose tickets follow."""
        return self.organization or self.agent

    @property
    def is_void(self):
        """Whether the reason is gone: the agent is active again, or back on duty."""
        if self.kind == self.Kind.REASSIGNED:
            return self.agent.is_available
        return self.kind == self.Kind.AGENT_CLEARED and self.agent.is_active

    def concerns(self, ticket):
        """Whether the job is to do something to the ticket and has not come to it yet."""
        if self.agent_id:
            is_one = ticket.assignee_id == self.agent_id and not self.is_void
        else:
            is_one = ticket.organization_id == self.organization_id
        is_before = ticket.pk <= self.last_concerned
        return is_one and is_before and (ticket.pk > self.last_ticket or ticket.pk in self.skipped)

"""The history of a ticket, and when the periodic work last ran."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.querysets.conversation import EventQuerySet

from .append_only import AppendOnly
from .messages import Message
from .ticket import Ticket


class Event(AppendOnly):
    """One line of a ticket's history: who did what, when, from what to what. Append-only.

    `changes` maps a fact to [from, to], or to a plain value: {"status": ["in_progress",
    "closed"], "priority": ["normal", "high"], "reason": "…"}.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", _("Opened")
        ACCEPTED = "accepted", _("Accepted")
        RELEASED = "released", _("Released")
        ASSIGNED = "assigned", _("Assigned")
        AGENT_REPLIED = "agent_replied", _("Support replied")
        CUSTOMER_REPLIED = "customer_replied", _("Customer wrote")
        CUSTOMER_THANKED = "customer_thanked", _("Customer said thanks")
        NOTED = "noted", _("Internal note")
        RESUMED = "resumed", _("Work resumed")
        CLOSED_BY_CUSTOMER = "closed_by_customer", _("Closed by the customer")
        RESOLVED = "resolved", _("Closed as resolved")
        CLOSED_AUTOMATICALLY = "closed_automatically", _("Closed automatically")
        REOPENED = "reopened", _("Reopened")
        PRIORITY_CHANGED = "priority_changed", _("Priority changed")
        CATEGORY_CHANGED = "category_changed", _("Category changed")
        PLAN_CHANGED = "plan_changed", _("Support plan changed")
        CLOCKS_MOVED = "clocks_moved", _("Due times recalculated")
        HELD = "held", _("Automatic close held")
        HOLD_LIFTED = "hold_lifted", _("Hold lifted")
        DUE_SOON = "due_soon", _("Due soon")
        BREACHED = "breached", _("Overdue")
        RATED = "rated", _("Rated")
        WATCHERS_CHANGED = "watchers_changed", _("Watchers changed")
        CLOSE_REMINDED = "close_reminded", _("Reminder of the automatic close")

    # What begins another index needs none of its own.
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="events", db_index=False)
    kind = models.CharField(max_length=30, choices=Kind.choices)
    # Null: the system.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="+")
    changes = models.JSONField(default=dict)
    # Whether the customer may know that it happened at all.
    is_public = models.BooleanField()
    created_at = models.DateTimeField()

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["pk"]
        indexes = [models.Index(fields=["ticket", "id"], name="event_of_ticket")]

    def __str__(self):
        return f"{self.ticket_id}: {self.get_kind_display()}"


class PeriodicRun(models.Model):
    """When a periodic task last came to its end: health raises an alarm when one stays away."""

    name = models.CharField(max_length=40, unique=True)
    finished_at = models.DateTimeField()
    outcome = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("periodic run")
        verbose_name_plural = _("periodic runs")

    def __str__(self):
        return self.name

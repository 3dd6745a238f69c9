"""The history of a ticket, and when the periodic work last ran."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets import event_types
from tickets.choices import Status
from tickets.querysets.conversation import EventQuerySet

from .append_only import AppendOnly
from .messages import Message
from .quick import Quick
from .ticket import Ticket


class KindField(models.CharField):
    """The kind of an event. Which kinds there are is no matter of the schema: a new one needs no
    migration."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs | {"choices": event_types.choices})

    def deconstruct(self):
        """In migrations it is a plain text field, whatever kinds are declared."""
        name, _path, args, kwargs = super().deconstruct()
        del kwargs["choices"]
        return name, "django.db.models.CharField", args, kwargs


class Event(Quick, AppendOnly):
    """One event of a ticket's history: who did what, when, from what to what. Append-only.

    `changes` maps the name of a fact to [from, to], or to a plain value: {"status": ["in_progress",
    "closed"], "priority": ["normal", "high"], "reason": "…"}.
    """

    Kind = event_types.Kind

    # What begins another index needs none of its own.
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="events", db_index=False)
    kind = KindField(max_length=30)
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

    # Before keys are reserved, as an insert does it by itself: see `querysets.horizon`.
    before_keys = "tickets_event_announce()"
    # Not stored, known when the event is announced: whether a close had been reminded of before.
    was_close_reminded = False

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["pk"]
        indexes = [models.Index(fields=["ticket", "id"], name="event_of_ticket")]

    def __str__(self):
        return f"{self.ticket_id}: {self.get_kind_display()}"

    @property
    def closed_ticket(self):
        _before, after = self.changes.get("status", (None, None))
        return after == Status.CLOSED


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

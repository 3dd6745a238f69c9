"""One action on many tickets: what was asked for, and what became of each ticket."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tickets.choices import BulkAction, BulkOutcome
from tickets.querysets.bulk import BulkItemQuerySet, BulkRunQuerySet

from .ticket import Ticket


class BulkRun(models.Model):
    """An action that somebody does to many tickets. Which tickets is decided when it starts: a
    BulkItem each. The row is all that a worker needs to go on with it.
    """

    Action = BulkAction

    action = models.CharField(_("action"), max_length=10, choices=BulkAction.choices)
    # What the action needs: keys and texts, of a macro its fields as they were at the start.
    facts = models.JSONField(default=dict)
    # The query string of the list that it was started from.
    list_query = models.TextField(blank=True, default="")
    is_whole_view = models.BooleanField(default=False)
    total = models.PositiveIntegerField(_("tickets"), default=0)
    # Chosen numbers that belong to no ticket.
    missing = models.PositiveIntegerField(default=0)
    form_key = models.UUIDField(null=True, unique=True, editable=False)
    # Of what the form held: the same key with another content is another act.
    digest = models.CharField(max_length=64, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("started by"),
        db_index=False,
    )
    created_at = models.DateTimeField(_("started"))
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    stopped_at = models.DateTimeField(null=True, blank=True)
    # Until then a process works on it; after a kill another one goes on.
    claimed_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    # How many tickets have each outcome, once it is finished.
    counts = models.JSONField(default=dict)

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk run")
        verbose_name_plural = _("bulk runs")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(finished_at__isnull=True), name="bulk_run_unfinished"
            ),
            models.Index(fields=["created_by", "id"], name="bulk_run_of_person"),
        ]

    def __str__(self):
        return f"{self.get_action_display()}: {self.pk}"

    def get_absolute_url(self):
        return reverse("queue:bulk_run", args=[self.pk])

    @property
    def is_finished(self):
        """Whether nothing more is done by it."""
        return self.finished_at is not None

    @property
    def waits_for_worker(self):
        """Whether no process works on it just now, though more is to be done."""
        return self.is_under_way and self.claimed_until is None

    @property
    def is_under_way(self):
        """Whether more is to be done, and nobody has stopped it."""
        return self.finished_at is None and self.stopped_at is None


class BulkItem(models.Model):
    """One ticket of a run: as it was at the start, and what became of it.

    `code` is the stable code of the TicketError that refused it, worded when it is shown.
    """

    Outcome = BulkOutcome

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="items", db_index=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    place = models.PositiveIntegerField()
    seen_version = models.PositiveIntegerField()
    seen_assignee = models.BigIntegerField(null=True)
    seen_message = models.BigIntegerField(null=True)
    outcome = models.CharField(
        max_length=10, choices=BulkOutcome.choices, default=BulkOutcome.WAITING
    )
    code = models.CharField(max_length=30, blank=True, default="")
    # Tries that failed as a whole; after the last one it is skipped.
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = BulkItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "place"], name="bulk_item_place"),
            models.UniqueConstraint(fields=["run", "ticket"], name="bulk_item_once"),
        ]
        indexes = [models.Index(fields=["run", "outcome", "place"], name="bulk_item_by_outcome")]

    def __str__(self):
        return f"{self.run_id}: {self.ticket_id}"

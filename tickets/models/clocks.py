"""The promises being kept on a ticket, and the ledger of why each is due when it is."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from plans.models import CalendarVersion, PlanVersion, Priority
from tickets.choices import RESPONSE_KINDS, ClockKind, ClockState
from tickets.querysets.append_only import AppendOnlyQuerySet
from tickets.querysets.clocks import WITHOUT_STRETCHES, ClockQuerySet

from .append_only import AppendOnly
from .messages import Message
from .quick import Quick
from .ticket import Ticket


class Clock(Quick):
    """One promise being kept: started, due, and met, breached or withdrawn.

    A clock runs until `stopped_at`; one whose due fell unanswered is breached and runs on, as the
    ticket's due, until something stops it. Targets are counted time, instants are UTC.

    The due is a sum: `reckoned_for` of counted time from `reckoned_from` on, in the calendar
    version. A paused clock has a `remaining` time and no due until it resumes.

    When it counted is stored as rows (`ClockStretch`). A clock whose `stretch_from` and `sum_from`
    do not fit was written by a release that stored none: a worker fills its rows.
    """

    Kind, State = ClockKind, ClockState
    RESPONSE_KINDS = RESPONSE_KINDS

    # What begins another index needs none of its own.
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="clocks", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    priority = models.CharField(max_length=10, choices=Priority.choices)
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+")
    calendar_version = models.ForeignKey(
        CalendarVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField()
    target = models.DurationField()
    aim = models.DurationField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    due_soon_at = models.DateTimeField(null=True, blank=True)
    # Of a first response: when it is half way to due soon. Supervisors are alerted then of a ticket
    # that nobody has accepted.
    escalate_at = models.DateTimeField(null=True, blank=True)
    reckoned_from = models.DateTimeField()
    reckoned_for = models.DurationField()
    # Counted until the latest pause, from which on `counting_from` goes on; in the end the whole.
    counted = models.DurationField(default=timedelta(0))
    counting_from = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    remaining = models.DurationField(null=True, blank=True)
    # Where the open stretch begins, and the first one of the sum behind the present due.
    stretch_from = models.DateTimeField(null=True, blank=True)
    sum_from = models.DateTimeField(null=True, blank=True)
    # Stamped with the instant that fell, not the one at which somebody noticed.
    due_soon_fell_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    # When the scan has dealt with each: it finds what is null here by index.
    # The columns keep their first names: the previous release reads them while it is replaced.
    escalation_notified_at = models.DateTimeField(
        null=True, blank=True, db_column="escalation_told_at"
    )
    due_soon_notified_at = models.DateTimeField(null=True, blank=True, db_column="due_soon_told_at")
    breach_notified_at = models.DateTimeField(null=True, blank=True, db_column="breach_told_at")
    # Nobody asks for the clocks of these, and neither people nor messages are deleted: no index.
    assignee_at_breach = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    stopped_at = models.DateTimeField(null=True, blank=True)
    answer = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # Whom it counts for in reports: who answered or closed, the assignee at an unanswered breach.
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(stopped_at__isnull=True, kind__in=RESPONSE_KINDS),
                name="clock_one_response_running",
            ),
            models.UniqueConstraint(
                fields=["ticket", "kind"],
                condition=Q(stopped_at__isnull=True),
                name="clock_one_of_a_kind_running",
            ),
            models.CheckConstraint(
                condition=Q(state=ClockState.RUNNING, stopped_at__isnull=True)
                | Q(state__in=[ClockState.MET, ClockState.WITHDRAWN], stopped_at__isnull=False)
                | Q(state=ClockState.BREACHED),
                name="clock_state_fits_stop",
            ),
            models.CheckConstraint(
                condition=Q(state=ClockState.BREACHED, breached_at__isnull=False)
                | ~Q(state=ClockState.BREACHED) & Q(breached_at__isnull=True),
                name="clock_breach_has_instant",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gte=F("started_at"), due_soon_at__lte=F("due_at")),
                name="clock_due_after_start",
            ),
            models.CheckConstraint(
                condition=Q(
                    due_at__isnull=False,
                    due_soon_at__isnull=False,
                    paused_at__isnull=True,
                    remaining__isnull=True,
                )
                | Q(
                    due_at__isnull=True,
                    due_soon_at__isnull=True,
                    paused_at__isnull=False,
                    remaining__gte=timedelta(0),
                    counting_from__isnull=True,
                    kind=ClockKind.RESOLUTION,
                    state=ClockState.RUNNING,
                ),
                name="clock_due_or_paused",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | Q(counting_from__isnull=True),
                name="clock_stopped_counts_no_more",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(stopped_at__isnull=True, breach_notified_at__isnull=True),
                name="clock_scan_breach",
            ),
            models.Index(
                fields=["due_soon_at"],
                condition=Q(stopped_at__isnull=True, due_soon_notified_at__isnull=True),
                name="clock_scan_due_soon",
            ),
            models.Index(
                fields=["escalate_at"],
                condition=Q(stopped_at__isnull=True, escalation_notified_at__isnull=True),
                name="clock_scan_escalation",
            ),
            models.Index(fields=["ticket", "started_at"], name="clock_of_ticket"),
            # The days of the reports, and the lists behind their numbers.
            models.Index(fields=["due_at", "id"], name="clock_due"),
            models.Index(
                fields=["due_at", "ticket"],
                condition=Q(state=ClockState.BREACHED),
                name="clock_breached",
            ),
            # Empty, but for what a release wrote that stored no stretches.
            models.Index(
                fields=["id"], condition=WITHOUT_STRETCHES, name="clock_without_stretches"
            ),
        ]

    def __str__(self):
        return f"{self.ticket_id}: {self.get_kind_display()} {self.get_state_display()}"

    @property
    def is_running(self):
        """Nothing has stopped it yet; its due may have fallen."""
        return self.stopped_at is None

    @property
    def is_paused(self):
        """It has a remainder and no due."""
        return self.paused_at is not None

    @property
    def counts_from(self):
        """Where the stretch that it counts now begins: its latest start or its latest sum."""
        if self.counting_from is None:
            return None
        return max(self.counting_from, self.reckoned_from)

    @property
    def has_stretches(self):
        """Whether its rows tell when it counted; see `ClockQuerySet.without_stretches`."""
        return self.sum_from is not None and self.stretch_from == self.counts_from


class ClockChange(Quick, AppendOnly):
    """One change in a clock's ledger: why its due is what it is. Append-only."""

    class Reason(models.TextChoices):
        STARTED = "started", _("Started")
        RAISED = "raised", _("Priority raised")
        LOWERED = "lowered", _("Priority lowered")
        PLAN = "plan", _("Plan changed")
        RECALCULATED = "recalculated", _("Plan or calendar edited")
        CLOSURE = "closure", _("Closure of the calendar")
        PAUSED = "paused", _("Paused")
        RESUMED = "resumed", _("Counting again")
        DUE_SOON = "due_soon", _("Due soon")
        BREACHED = "breached", _("Breached")
        MET = "met", _("Met")
        ANSWERED_LATE = "answered_late", _("Answered late")
        CLOSED_LATE = "closed_late", _("Closed late")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        MERGED = "merged", _("Ended by a merge")
        HANDED_OVER = "handed_over", _("Moved by a merge")
        UNMERGED = "unmerged", _("Merge undone")

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="changes")
    reason = models.CharField(max_length=20, choices=Reason.choices)
    # The instant it is true of: of a breach, the due instant.
    at = models.DateTimeField()
    priority = models.CharField(max_length=10, choices=Priority.choices)
    # A version that a clock counted by is never deleted, and nobody asks for the changes of one:
    # no index.
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+", db_index=False)
    calendar_version = models.ForeignKey(
        CalendarVersion, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    old_due_at = models.DateTimeField(null=True, blank=True)
    new_due_at = models.DateTimeField(null=True, blank=True)
    # Of a paused clock, in place of the dues.
    old_remaining = models.DurationField(null=True, blank=True)
    new_remaining = models.DurationField(null=True, blank=True)
    # The target and the sum behind the due as they were after this change.
    target = models.DurationField(null=True, blank=True)
    reckoned_from = models.DateTimeField(null=True, blank=True)
    reckoned_for = models.DurationField(null=True, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock change")
        verbose_name_plural = _("clock changes")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.clock_id}: {self.get_reason_display()}"

    @property
    def has_moved(self):
        """Whether it gave the clock another due, or another remainder."""
        return (self.old_due_at, self.old_remaining) != (self.new_due_at, self.new_remaining)


class ClockStretch(models.Model):
    """A stretch of time in which a clock counted, in one version of its calendar.

    It begins with a start, the end of a pause or another sum, and ends with the next of these or
    with the clock; the last one is open while the clock counts. Between a stretch that ended
    because of a pause and the next one the clock was paused. A clock that ended in a pause has a
    stretch without length at its end. A lowering counts again what a raise had put aside, so it
    joins the stretches that a raise parted.
    """

    # What begins a constraint's index needs none of its own; versions are never deleted.
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="stretches", db_index=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    calendar_version = models.ForeignKey(
        CalendarVersion, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    ended_because = models.CharField(max_length=20, choices=ClockChange.Reason.choices, blank=True)

    class Meta:
        verbose_name = _("counted stretch")
        verbose_name_plural = _("counted stretches")
        ordering = ["clock", "started_at"]
        constraints = [
            models.UniqueConstraint(fields=["clock", "started_at"], name="stretch_once"),
            models.UniqueConstraint(
                fields=["clock"], condition=Q(ended_at__isnull=True), name="stretch_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_because="")
                | Q(ended_at__gte=F("started_at")) & ~Q(ended_because=""),
                name="stretch_end_has_reason",
            ),
        ]

    def __str__(self):
        return f"{self.clock_id}: {self.started_at}"

"""What happens: tickets with their state machine, messages, files, clocks and history."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from organizations.models import Organization
from plans.models import CalendarVersion, PlanVersion, Priority

from . import permissions
from .querysets import (
    AppendOnlyQuerySet,
    AttachmentQuerySet,
    ClockQuerySet,
    EventQuerySet,
    MessageQuerySet,
    TicketQuerySet,
)
from .words import Band, Category, Status


class AppendOnly(models.Model):
    """A row that is written once and then neither changed nor deleted."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} rows are append-only")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError(f"{type(self).__name__} rows are append-only")


OPEN = [Status.AWAITING_RESPONSE, Status.IN_PROGRESS, Status.AWAITING_CUSTOMER]


class Ticket(models.Model):
    """One request or complaint of an organization. The state machine is declared here.

    Only the services of this app change a ticket. What customers may know of its time is
    `public_updated_at`; `updated_at` moves with internal notes too.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="tickets", verbose_name=_("organization")
    )
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="requested_tickets",
        verbose_name=_("requester"),
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_tickets",
        verbose_name=_("assignee"),
    )
    title = models.CharField(_("title"), max_length=200)
    title_folded = models.CharField(max_length=400, editable=False)
    category = models.CharField(_("category"), max_length=10, choices=Category.choices)
    priority = models.CharField(
        _("priority"), max_length=10, choices=Priority.choices, default=Priority.NORMAL
    )
    status = FSMField(
        _("status"),
        max_length=20,
        choices=Status.choices,
        default=Status.AWAITING_RESPONSE,
        protected=True,
    )

    created_at = models.DateTimeField(_("created"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    updated_at = models.DateTimeField(_("last change"))
    public_updated_at = models.DateTimeField(_("last update"))
    last_public_message = models.ForeignKey(
        "Message", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_public_message_at = models.DateTimeField()

    # The oldest thing that waits for an answer since the last close; null when nothing waits.
    waiting_since = models.DateTimeField(null=True, blank=True)
    # The earliest due of the running clocks; null when none runs.
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    due_soon_at = models.DateTimeField(null=True, blank=True)

    auto_close_at = models.DateTimeField(_("closes by itself"), null=True, blank=True)
    # When the requester is to be reminded of it; null once that is done or nothing is to come.
    auto_close_remind_at = models.DateTimeField(null=True, blank=True)
    auto_close_held_at = models.DateTimeField(null=True, blank=True)
    auto_close_hold_reason = models.CharField(max_length=200, blank=True, default="")

    # The order of the queue, stored so that a page of it is one walk of one index.
    queue_band = models.PositiveSmallIntegerField(choices=Band.choices)
    queue_rank = models.SmallIntegerField(default=0)
    queue_at = models.DateTimeField()

    # Counts the changes: a form made from an older row is told so instead of overwriting.
    version = models.PositiveIntegerField(default=1)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="ticket_known_status"
            ),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values), name="ticket_known_priority"
            ),
            models.CheckConstraint(
                condition=Q(category__in=Category.values), name="ticket_known_category"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED, closed_at__isnull=False)
                | (~Q(status=Status.CLOSED) & Q(closed_at__isnull=True)),
                name="ticket_closed_at_when_closed",
            ),
            models.CheckConstraint(
                condition=Q(auto_close_at__isnull=True)
                | Q(status=Status.AWAITING_CUSTOMER, waiting_since__isnull=True),
                name="ticket_auto_close_only_awaiting_customer",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CLOSED)
                | Q(waiting_since__isnull=True, due_at__isnull=True, queue_band=Band.CLOSED),
                name="ticket_closed_waits_for_nothing",
            ),
            models.CheckConstraint(
                condition=Q(queue_band=Band.CLOSED)
                | ~Q(status=Status.CLOSED) & ~Q(queue_band=Band.CLOSED),
                name="ticket_band_of_open",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.IN_PROGRESS) | Q(assignee__isnull=False),
                name="ticket_in_progress_has_assignee",
            ),
        ]
        indexes = [
            models.Index(
                fields=["queue_band", "queue_rank", "queue_at", "id"],
                condition=~Q(status=Status.CLOSED),
                name="ticket_queue",
            ),
            models.Index(
                fields=["assignee", "queue_band", "queue_rank", "queue_at", "id"],
                condition=~Q(status=Status.CLOSED),
                name="ticket_queue_of_assignee",
            ),
            models.Index(
                fields=["status", "queue_band", "queue_rank", "queue_at", "id"],
                name="ticket_queue_of_status",
            ),
            models.Index(
                fields=["organization", "-public_updated_at", "-id"],
                name="ticket_list_of_organization",
            ),
            models.Index(
                fields=["requester", "-public_updated_at", "-id"], name="ticket_list_of_requester"
            ),
            models.Index(
                fields=["-closed_at", "-id"],
                condition=Q(status=Status.CLOSED),
                name="ticket_closed_last",
            ),
            models.Index(
                fields=["auto_close_at"],
                condition=Q(auto_close_at__isnull=False),
                name="ticket_auto_close",
            ),
            models.Index(
                fields=["auto_close_remind_at"],
                condition=Q(auto_close_remind_at__isnull=False),
                name="ticket_auto_close_remind",
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    def get_absolute_url(self):
        return reverse("tickets:detail", args=[self])

    def get_queue_url(self):
        return reverse("queue:detail", args=[self])

    @property
    def number(self):
        """The public number, such as KT-549."""
        return f"{settings.TICKET_PREFIX}-{self.pk}"

    @property
    def is_closed(self):
        return self.status == Status.CLOSED

    @property
    def waits_for_answer(self):
        return self.waiting_since is not None

    @property
    def is_filed_for_requester(self):
        """Whether an agent opened it for the member."""
        return self.opened_by_id != self.requester_id

    # Each edge of the life of a ticket. A transition sets the fields of this row and no more.

    @transition(
        field=status,
        source=Status.AWAITING_RESPONSE,
        target=Status.IN_PROGRESS,
        permission=permissions.may_work,
        custom={"label": _("Accept")},
    )
    def accept(self, *, assignee):
        self.assignee = assignee

    @transition(
        field=status,
        source=Status.IN_PROGRESS,
        target=Status.AWAITING_RESPONSE,
        permission=permissions.may_release,
        custom={"label": _("Release")},
    )
    def release(self):
        self.assignee = None

    @transition(
        field=status,
        source=Status.IN_PROGRESS,
        target=Status.AWAITING_RESPONSE,
        permission=permissions.may_assign,
        custom={"label": _("Take away from the assignee")},
    )
    def unassign(self):
        self.assignee = None

    @transition(
        field=status,
        source=OPEN,
        target=Status.AWAITING_CUSTOMER,
        permission=permissions.may_work,
        custom={"label": _("Reply and wait for the customer")},
    )
    def reply_and_wait(self, *, agent):
        self.assignee = self.assignee or agent

    @transition(
        field=status,
        source=OPEN,
        target=Status.IN_PROGRESS,
        permission=permissions.may_work,
        custom={"label": _("Reply and keep working")},
    )
    def reply_and_work(self, *, agent):
        self.assignee = self.assignee or agent

    @transition(
        field=status,
        source=Status.AWAITING_CUSTOMER,
        target=Status.IN_PROGRESS,
        permission=permissions.may_work,
        custom={"label": _("Resume")},
    )
    def resume(self, *, agent):
        self.assignee = self.assignee or agent

    @transition(
        field=status,
        source=Status.AWAITING_CUSTOMER,
        target=Status.AWAITING_RESPONSE,
        permission=permissions.may_write_as_customer,
        custom={"label": _("Customer message")},
    )
    def return_to_support(self):
        pass

    @transition(
        field=status,
        source=Status.CLOSED,
        target=Status.AWAITING_RESPONSE,
        permission=permissions.may_reopen,
        custom={"label": _("Reopen")},
    )
    def reopen(self):
        self.closed_at = None

    @transition(
        field=status,
        source=OPEN,
        target=Status.CLOSED,
        permission=permissions.may_write_as_customer,
        custom={"label": _("Close by customer")},
    )
    def close_by_customer(self, *, now):
        self.closed_at = now

    @transition(
        field=status,
        source=OPEN,
        target=Status.CLOSED,
        permission=permissions.may_work,
        custom={"label": _("Close as resolved")},
    )
    def resolve(self, *, now):
        self.closed_at = now

    @transition(
        field=status,
        source=Status.AWAITING_CUSTOMER,
        target=Status.CLOSED,
        permission=permissions.is_system,
        custom={"label": _("Automatic close")},
    )
    def close_automatically(self, *, now):
        self.closed_at = now


class Watcher(models.Model):
    """A colleague of the requester who is told what the requester is told."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="watchers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="watched")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("watcher")
        verbose_name_plural = _("watchers")
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="watcher_once")]

    def __str__(self):
        return f"{self.ticket_id}: {self.user}"


class Message(models.Model):
    """A public reply of either side, or an internal note that only staff ever learn of."""

    class Kind(models.TextChoices):
        PUBLIC = "public", _("Public reply")
        NOTE = "note", _("Internal note")

    class Channel(models.TextChoices):
        WEB = "web", _("Web")

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # Which side wrote it, as it was then: people change roles, what they wrote does not.
    is_from_staff = models.BooleanField()
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB)
    body = models.TextField()
    body_folded = models.TextField(editable=False)
    created_at = models.DateTimeField()
    # A customer message waits from its writing until the next public agent message or close.
    is_waiting = models.BooleanField(default=False)
    is_just_thanks = models.BooleanField(default=False)
    # One for each form shown: the same form sent twice makes one message.
    form_key = models.UUIDField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["author", "form_key"], name="message_form_sent_once"),
            models.CheckConstraint(
                condition=Q(kind="public") | Q(is_from_staff=True), name="message_note_by_staff"
            ),
            models.CheckConstraint(
                condition=Q(is_waiting=False)
                | Q(kind="public", is_from_staff=False, is_just_thanks=False),
                name="message_waiting_is_of_customer",
            ),
        ]
        indexes = [
            models.Index(fields=["ticket", "created_at"], name="message_of_ticket"),
            models.Index(fields=["author", "-created_at"], name="message_of_author"),
        ]

    def __str__(self):
        return f"{self.ticket_id}: {self.get_kind_display()} {self.pk}"

    @property
    def is_note(self):
        return self.kind == self.Kind.NOTE


class Attachment(models.Model):
    """A file of a message, or, without one, a person's pending upload that nobody else sees.

    `name` is for showing only; the stored path is made by the server.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=50)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=100, unique=True)
    created_at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["created_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="attachment_not_empty")]
        indexes = [
            models.Index(
                fields=["uploaded_by", "created_at"],
                condition=Q(message__isnull=True),
                name="attachment_pending",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("attachment", args=[self.pk])

    @property
    def is_image(self):
        return self.content_type.startswith("image/")


class Clock(models.Model):
    """One promise being kept: started, due, and met, breached or withdrawn.

    A clock runs until `stopped_at`; one whose due fell unanswered is breached and runs on, as the
    ticket's due, until something stops it. Targets are counted time, instants are UTC.
    """

    class Kind(models.TextChoices):
        FIRST_RESPONSE = "first_response", _("First response")
        NEXT_RESPONSE = "next_response", _("Next response")
        RESOLUTION = "resolution", _("Resolution")

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        MET = "met", _("Met")
        BREACHED = "breached", _("Breached")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    RESPONSE_KINDS = [Kind.FIRST_RESPONSE, Kind.NEXT_RESPONSE]

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="clocks")
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
    due_at = models.DateTimeField()
    due_soon_at = models.DateTimeField()
    # Stamped with the instant that fell, not the one at which somebody noticed.
    due_soon_fell_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    # When the scan has dealt with each: it finds what is null here by index.
    due_soon_told_at = models.DateTimeField(null=True, blank=True)
    breach_told_at = models.DateTimeField(null=True, blank=True)
    assignee_at_breach = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    stopped_at = models.DateTimeField(null=True, blank=True)
    answer = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(stopped_at__isnull=True, kind__in=["first_response", "next_response"]),
                name="clock_one_response_running",
            ),
            models.UniqueConstraint(
                fields=["ticket", "kind"],
                condition=Q(stopped_at__isnull=True),
                name="clock_one_of_a_kind_running",
            ),
            models.CheckConstraint(
                condition=Q(state="running", stopped_at__isnull=True)
                | Q(state__in=["met", "withdrawn"], stopped_at__isnull=False)
                | Q(state="breached"),
                name="clock_state_fits_stop",
            ),
            models.CheckConstraint(
                condition=Q(state="breached", breached_at__isnull=False)
                | ~Q(state="breached") & Q(breached_at__isnull=True),
                name="clock_breach_has_instant",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("started_at"), due_soon_at__lte=F("due_at")),
                name="clock_due_after_start",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(stopped_at__isnull=True, breach_told_at__isnull=True),
                name="clock_scan_breach",
            ),
            models.Index(
                fields=["due_soon_at"],
                condition=Q(stopped_at__isnull=True, due_soon_told_at__isnull=True),
                name="clock_scan_due_soon",
            ),
            models.Index(fields=["ticket", "started_at"], name="clock_of_ticket"),
        ]

    def __str__(self):
        return f"{self.ticket_id}: {self.get_kind_display()} {self.get_state_display()}"

    @property
    def is_running(self):
        """Nothing has stopped it yet; its due may have fallen."""
        return self.stopped_at is None


class ClockChange(AppendOnly):
    """One line of a clock's ledger: why its due is what it is. Append-only."""

    class Reason(models.TextChoices):
        STARTED = "started", _("Started")
        RAISED = "raised", _("Priority raised")
        LOWERED = "lowered", _("Priority lowered")
        PLAN = "plan", _("Plan changed")
        DUE_SOON = "due_soon", _("Due soon")
        BREACHED = "breached", _("Breached")
        MET = "met", _("Met")
        ANSWERED_LATE = "answered_late", _("Answered late")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="changes")
    reason = models.CharField(max_length=20, choices=Reason.choices)
    # The instant it is true of: of a breach, the due instant.
    at = models.DateTimeField()
    priority = models.CharField(max_length=10, choices=Priority.choices)
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+")
    calendar_version = models.ForeignKey(
        CalendarVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    old_due_at = models.DateTimeField(null=True, blank=True)
    new_due_at = models.DateTimeField(null=True, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock change")
        verbose_name_plural = _("clock changes")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.clock_id}: {self.get_reason_display()}"


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
        CLOSED_AUTOMATICALLY = "closed_automatically", _("Closed by itself")
        REOPENED = "reopened", _("Reopened")
        PRIORITY_CHANGED = "priority_changed", _("Priority changed")
        CATEGORY_CHANGED = "category_changed", _("Category changed")
        PLAN_CHANGED = "plan_changed", _("Support plan changed")
        HELD = "held", _("Automatic close held")
        HOLD_LIFTED = "hold_lifted", _("Hold lifted")
        DUE_SOON = "due_soon", _("Due soon")
        BREACHED = "breached", _("Overdue")
        CLOSE_REMINDED = "close_reminded", _("Reminder of the automatic close")

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="events")
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

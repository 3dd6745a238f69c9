"""The ticket: its row, its order in the queue, and the state machine of its life."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from organizations.models import Organization
from plans.models import Priority
from tickets import permissions
from tickets.choices import Band, Category, HoldCode, Status
from tickets.querysets.list_order import FALLING_PLACES, PLACES, open_indexes
from tickets.querysets.rows import QUEUE_FILTERS, QUEUE_ORDER
from tickets.querysets.tickets import TicketQuerySet
from tickets.search.folding import LONGEST_PLACE

from .mergeable import OPEN, Mergeable, is_not_merged
from .placed import Placed
from .quick import Quick
from .record_keeping import BY_AGE_OF_CONTENTS, BY_EARLIER_NUMBER, RecordKeeping
from .reloadable import Reloadable
from .snoozable import Snoozable
from .teams import Team
from .ticket_constraints import CONSTRAINTS

IS_OPEN = ~Q(status=Status.CLOSED)


class Ticket(Quick, Reloadable, Mergeable, Snoozable, Placed, RecordKeeping):
    """One request or complaint of an organization. The state machine is declared here,
    the moves of a merge, which closes too, in `mergeable.py`.

    Only the services of this app change a ticket. What customers may know of its time is
    `public_updated_at`; `updated_at` moves with internal notes too.
    """

    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="tickets",
        verbose_name=_("organization"),
        db_index=False,  # begins other indexes
    )
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="requested_tickets",
        verbose_name=_("requester"),
        db_index=False,  # begins other indexes
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("opened by"),
        db_index=False,  # begins another index
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_tickets",
        verbose_name=_("assignee"),
    )
    # The team that it was routed or transferred to; it may have been deleted since.
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="tickets", db_index=False
    )
    title = models.CharField(_("title"), max_length=200)
    title_folded = models.CharField(max_length=400, editable=False)
    # The title's place in alphabetical order.
    title_place = models.BinaryField(max_length=LONGEST_PLACE, default=b"", db_default=b"")
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
    support_spoke_last = models.BooleanField(default=False, db_default=False)

    # The oldest thing that waits for an answer since the last close; null when nothing waits.
    waiting_since = models.DateTimeField(null=True, blank=True)
    # The earliest due of the running clocks; null when none runs.
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    due_soon_at = models.DateTimeField(null=True, blank=True)

    auto_close_at = models.DateTimeField(_("closes automatically"), null=True, blank=True)
    # When the requester is to be reminded of it; null once that is done or nothing is to come.
    auto_close_remind_at = models.DateTimeField(null=True, blank=True)
    auto_close_held_at = models.DateTimeField(null=True, blank=True)
    # Why it is held: the system's reason as a code, or what an agent typed.
    auto_close_hold_code = models.CharField(
        max_length=20, choices=HoldCode.choices, blank=True, default="", db_default=""
    )
    auto_close_hold_reason = models.CharField(max_length=200, blank=True, default="")

    # The order of the queue, stored so that a page of it is one walk of one index.
    queue_band = models.PositiveSmallIntegerField(choices=Band.choices)
    queue_rank = models.SmallIntegerField(default=0)
    queue_at = models.DateTimeField()

    # Counts the changes: a form made from an older row is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-pk"]
        constraints = CONSTRAINTS
        indexes = [
            # What a filter asks for is in the index: rows that do not match are never read.
            models.Index(
                fields=QUEUE_ORDER,
                include=QUEUE_FILTERS,
                condition=IS_OPEN,
                name="ticket_queue_with_filters",
            ),
            models.Index(
                fields=["assignee", *QUEUE_ORDER],
                condition=IS_OPEN,
                name="ticket_queue_of_assignee",
            ),
            models.Index(
                fields=["organization", *QUEUE_ORDER],
                condition=IS_OPEN,
                name="ticket_queue_of_organization",
            ),
            models.Index(
                fields=["team", *QUEUE_ORDER], condition=IS_OPEN, name="ticket_queue_of_team"
            ),
            models.Index(
                fields=QUEUE_ORDER,
                condition=Q(assignee__isnull=True) & IS_OPEN,
                name="ticket_queue_of_nobody",
            ),
            models.Index(
                fields=QUEUE_ORDER,
                condition=Q(queue_band=Band.SNOOZED),
                name="ticket_queue_snoozed",
            ),
            models.Index(fields=["id"], condition=IS_OPEN, name="ticket_open_by_number"),
            models.Index(
                fields=["due_soon_at"],
                condition=Q(due_soon_at__isnull=False),
                name="ticket_due_soon",
            ),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="ticket_due"),
            models.Index(
                fields=["snoozed_until"],
                condition=Q(snoozed_until__isnull=False),
                name="ticket_snoozed",
            ),
            models.Index(fields=["status", *QUEUE_ORDER], name="ticket_queue_of_status"),
            models.Index(
                fields=["organization", "-public_updated_at", "-id"],
                include=[
                    *("status", "priority", "category", "requester"),
                    *("due_at", "support_spoke_last"),
                ],
                name="ticket_list_with_filters",
            ),
            models.Index(
                fields=["requester", "-public_updated_at", "-id"], name="ticket_list_of_requester"
            ),
            models.Index(
                fields=["organization", "requester", "-public_updated_at", "-id"],
                name="ticket_list_of_one_requester",
            ),
            models.Index(fields=["-public_updated_at", "-id"], name="ticket_last_changed"),
            models.Index(fields=["opened_by", "created_at"], name="ticket_opened_by_at"),
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
                fields=["organization", "auto_close_at", "id"],
                condition=Q(status=Status.AWAITING_CUSTOMER),
                name="ticket_turns_of_organization",
            ),
            models.Index(
                fields=["auto_close_remind_at"],
                condition=Q(auto_close_remind_at__isnull=False),
                name="ticket_auto_close_remind",
            ),
            *(
                models.Index("organization", place, "id", name=f"ticket_list_by_{column}")
                for column, place in PLACES.items()
            ),
            *(
                models.Index("organization", place, "id", name=f"ticket_list_by_{column}_falling")
                for column, place in FALLING_PLACES.items()
            ),
            *(
                models.Index(*by, condition=IS_OPEN, name=name)
                for name, by in open_indexes().items()
            ),
            models.Index(fields=["organization", "id"], name="ticket_list_by_number"),
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="ticket_merged_into",
            ),
            BY_EARLIER_NUMBER,
            BY_AGE_OF_CONTENTS,
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
        target=Status.IN_PROGRESS,
        permission=permissions.may_take_over,
        custom={"label": _("Take over")},
    )
    def take_over(self, *, agent):
        self.assignee = agent

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
        if self.assignee_id is None:
            self.assignee = agent

    @transition(
        field=status,
        source=OPEN,
        target=Status.IN_PROGRESS,
        permission=permissions.may_work,
        custom={"label": _("Reply and keep working")},
    )
    def reply_and_work(self, *, agent):
        if self.assignee_id is None:
            self.assignee = agent

    @transition(
        field=status,
        source=Status.AWAITING_CUSTOMER,
        target=Status.IN_PROGRESS,
        permission=permissions.may_work,
        custom={"label": _("Resume")},
    )
    def resume(self, *, agent):
        if self.assignee_id is None:
            self.assignee = agent

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
        conditions=[is_not_merged],
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

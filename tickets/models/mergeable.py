"""What a merge does to the row of a ticket, and how it is undone."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from tickets import permissions
from tickets.choices import Status

OPEN = [Status.AWAITING_RESPONSE, Status.IN_PROGRESS, Status.AWAITING_CUSTOMER]


def is_merged(ticket):
    """Whether its messages are in another ticket."""
    return ticket.merged_into_id is not None


def is_not_merged(ticket):
    """Nothing but an undo opens a merged ticket again."""
    return not is_merged(ticket)


class Mergeable(models.Model):
    """The moves of a ticket that is merged into another one, and of that other one."""

    # The ticket that the messages are in now, never one that was merged itself.
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_tickets",
        verbose_name=_("merged into"),
        db_index=False,  # a small index of its own
    )

    class Meta:
        abstract = True

    @transition(
        field="status",
        source=OPEN,
        target=Status.CLOSED,
        permission=permissions.may_work,
        custom={"label": _("Merge into another ticket")},
    )
    def merge(self, *, into, now):
        self.merged_into, self.closed_at = into, now

    @transition(
        field="status",
        source=Status.AWAITING_CUSTOMER,
        target=Status.AWAITING_RESPONSE,
        permission=permissions.may_work,
        custom={"label": _("Receive a message by a merge")},
    )
    def receive_waiting(self):
        pass

    @transition(
        field="status",
        source=Status.AWAITING_RESPONSE,
        target=Status.AWAITING_CUSTOMER,
        permission=permissions.may_work,
        custom={"label": _("Undo a merge")},
    )
    def give_back_waiting(self):
        pass

    def restore(self, status):
        """Give the ticket the status back that it had before its merge."""
        back = {
            Status.AWAITING_RESPONSE: self.unmerge_as_awaiting_response,
            Status.IN_PROGRESS: self.unmerge_as_in_progress,
            Status.AWAITING_CUSTOMER: self.unmerge_as_awaiting_customer,
        }
        back[status]()
        self.merged_into = self.closed_at = None

    @transition(
        field="status",
        source=Status.CLOSED,
        target=Status.AWAITING_RESPONSE,
        permission=permissions.may_work,
        conditions=[is_merged],
        custom={"label": _("Undo a merge")},
    )
    def unmerge_as_awaiting_response(self):
        pass

    @transition(
        field="status",
        source=Status.CLOSED,
        target=Status.IN_PROGRESS,
        permission=permissions.may_work,
        conditions=[is_merged],
        custom={"label": _("Undo a merge")},
    )
    def unmerge_as_in_progress(self):
        pass

    @transition(
        field="status",
        source=Status.CLOSED,
        target=Status.AWAITING_CUSTOMER,
        permission=permissions.may_work,
        conditions=[is_merged],
        custom={"label": _("Undo a merge")},
    )
    def unmerge_as_awaiting_customer(self):
        pass

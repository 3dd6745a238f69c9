"""What a ticket says of where it came from, and of what is gone from it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from tickets.choices import Status

LONGEST_EARLIER_NUMBER = 40


class RecordKeeping(models.Model):
    """The number that an imported ticket had in the system before, by which it is still found; and
    when its texts and files were removed because it has been closed for long."""

    earlier_number = models.CharField(
        _("earlier number"),
        max_length=LONGEST_EARLIER_NUMBER,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )

    contents_removed_at = models.DateTimeField(_("contents removed"), null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def has_lost_contents(self):
        """Whether nothing is written on it any more; see decision 115."""
        return self.contents_removed_at is not None

    @property
    def days_until_removal(self):
        """For how many days it had been closed when its contents were removed."""
        return (self.contents_removed_at - self.closed_at).days


# Few tickets have one, or all of a helpdesk that has just moved.
BY_EARLIER_NUMBER = models.Index(
    Upper("earlier_number"), condition=~Q(earlier_number=""), name="ticket_by_earlier_number"
)
# Whose contents may be removed, the one that was closed first before all others.
BY_AGE_OF_CONTENTS = models.Index(
    fields=["closed_at", "id"],
    condition=Q(status=Status.CLOSED, contents_removed_at__isnull=True),
    name="ticket_with_old_contents",
)

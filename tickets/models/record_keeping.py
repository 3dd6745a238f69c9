"""What a ticket says of where it came from."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

LONGEST_EARLIER_NUMBER = 40


class RecordKeeping(models.Model):
    """The number that an imported ticket had in the system before, by which it is still found."""

    earlier_number = models.CharField(
        _("earlier number"),
        max_length=LONGEST_EARLIER_NUMBER,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )

    class Meta:
        abstract = True


# Few tickets have one, or all of a helpdesk that has just moved.
BY_EARLIER_NUMBER = models.Index(
    Upper("earlier_number"), condition=~Q(earlier_number=""), name="ticket_by_earlier_number"
)

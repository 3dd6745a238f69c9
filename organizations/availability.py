"""Whether new tickets reach a member of staff."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from plans.models import Calendar

LONGEST_AWAY_REASON = 120


class Availability(models.Model):
    """The part of a person that says whether tickets reach them; of customers it means nothing.

    What one says is `is_present`. `absent_since` follows from it and from the working hours, and
    only services write it: queries ask for both.
    """

    is_present = models.BooleanField(_("on duty"), default=True, db_default=True)
    away_reason = models.CharField(
        _("why away"), max_length=LONGEST_AWAY_REASON, blank=True, default="", db_default=""
    )
    back_at = models.DateTimeField(_("back at"), null=True, blank=True)
    # The calendar in which one works; at all times without one.
    working_hours = models.ForeignKey(
        Calendar,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("working hours"),
    )
    # Since when one is away or outside one's working hours; null while tickets reach one.
    absent_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_available(self):
        """Whether new tickets reach the agent: on duty, and within their working hours."""
        return self.is_present and self.absent_since is None

    @property
    def availability_mark(self):
        """What a form was made from: another one means that somebody changed it since."""
        back_at = self.back_at.isoformat() if self.back_at else ""
        # No spaces at its end: forms take those away.
        return f"{int(self.is_present)}|{back_at}|{self.working_hours_id or ''}|{self.away_reason}"

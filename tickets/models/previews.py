"""What an admin's edit would do to running clocks, where a worker has to count it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from plans.models import Calendar, Plan


class EditPreview(models.Model):
    """The preview of one edit that is not saved: what was sent, the version that it would make,
    and how far a worker has come. It holds for `base`, the latest version when it was asked for.

    `last_ticket` is the highest ticket number dealt with: after a kill, work goes on from there.
    """

    # What is edited: one of both.
    plan = models.ForeignKey(Plan, models.CASCADE, null=True, blank=True, related_name="+")
    calendar = models.ForeignKey(Calendar, models.CASCADE, null=True, blank=True, related_name="+")
    # The form as it was sent, [[name, value], …].
    fields = models.JSONField(default=list)
    # What the release before wrote: what the edit changes, in words of one language.
    edits = models.JSONField(default=list)
    # The version in Django's serialized form.
    version = models.TextField()
    base = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("asked for by")
    )
    total = models.PositiveIntegerField(default=0)
    last_ticket = models.BigIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True, default="")
    finished_at = models.DateTimeField(null=True, blank=True)
    # The result: tickets that would move, clocks by effect, clocks out of reach, the first moves.
    tickets = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    unreached = models.PositiveIntegerField(default=0)
    first = models.JSONField(default=list)

    class Meta:
        verbose_name = _("preview of an edit")
        verbose_name_plural = _("previews of edits")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(plan__isnull=False, calendar__isnull=True)
                | models.Q(plan__isnull=True, calendar__isnull=False),
                name="edit_preview_of_one_thing",
            )
        ]

    def __str__(self):
        return f"{self.edited}: {self.pk}"

    @property
    def edited(self):
        """The plan or the calendar."""
        return self.plan or self.calendar

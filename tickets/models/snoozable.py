"""What a ticket that was put away keeps: until when, by whom, and that it came back."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.choices import OURS


class Snoozable(models.Model):
    """A ticket that is ours to handle, put away until a time or the next message.

    One for all agents: who did it is remembered, and anybody takes it out again. Its clocks run on.
    """

    # When it comes back at the latest; null while it is not snoozed.
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    snoozed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("snoozed by"),
        db_index=False,  # people are never deleted
    )
    # Whether the next message was waited for, and not a time.
    snoozed_for_message = models.BooleanField(default=False, db_default=False)
    # Since when it is back, until somebody opens it or does something with it.
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_snoozed(self):
        return self.snoozed_until is not None

    @property
    def is_ours(self):
        """Whether the next move is support's."""
        return self.status in OURS

    def snooze(self, *, until, by, for_message):
        self.snoozed_until, self.snoozed_by, self.snoozed_for_message = until, by, for_message
        self.returned_at = None

    def wake(self, *, returned_at=None):
        self.snoozed_until = self.snoozed_by = None
        self.snoozed_for_message = False
        self.returned_at = returned_at

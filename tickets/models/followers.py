"""Which agents follow which tickets, whoever the assignee is. Nobody else learns of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .ticket import Ticket


class Follower(models.Model):
    """An agent who is notified of the messages, the status and the breaches of a ticket."""

    # What begins another index needs none of its own.
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="followers", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="followed")
    followed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="follower_once")]

    def __str__(self):
        return f"{self.ticket_id}: {self.user}"

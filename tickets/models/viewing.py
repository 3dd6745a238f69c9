"""Which agents have the page of a ticket open just now, and what they do there. No history."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.querysets.viewing import ViewingQuerySet

from .ticket import Ticket


class Viewing(models.Model):
    """The last sign of an agent's open page. Every sign of it overwrites the one before; the same
    ticket may be open in several windows of one agent.

    It touches neither the ticket nor what customers are shown, and counts until `until` alone.
    """

    class Activity(models.TextChoices):
        VIEWING = "view", _("viewing")
        REPLYING = "reply", _("writing a reply")
        NOTING = "note", _("writing a note")

    # What begins another index needs none of its own.
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # A mark that the page made for itself.
    page = models.CharField(max_length=12, default="", db_default="")
    activity = models.CharField(max_length=8, choices=Activity.choices)
    # Without an index, so that a new sign is written in place.
    until = models.DateTimeField()

    objects = ViewingQuerySet.as_manager()

    class Meta:
        verbose_name = _("open page")
        verbose_name_plural = _("open pages")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "user", "page"], name="viewing_of_page_once")
        ]

    def __str__(self):
        return f"{self.ticket_id}: {self.user_id}"

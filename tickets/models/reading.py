"""What a person has seen of tickets, and how they like their list: the reader's own, no history."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.querysets.reading import ListPreferenceQuerySet

from .ticket import Ticket

LONGEST_QUERY = 400


class Sighting(models.Model):
    """Until when a person knows the public story of a ticket.

    It is compared with `Ticket.public_updated_at` alone, so nothing internal makes a mark.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="sightings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("sighting")
        verbose_name_plural = _("sightings")
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="sighting_once")]

    def __str__(self):
        return f"{self.ticket_id}: {self.user_id}"


class ListPreference(models.Model):
    """How a person left their list: its address, in the words that the list itself reads."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )
    query = models.CharField(max_length=LONGEST_QUERY, blank=True, default="")

    objects = ListPreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("list preference")
        verbose_name_plural = _("list preferences")

    def __str__(self):
        return f"{self.user_id}: {self.query}"

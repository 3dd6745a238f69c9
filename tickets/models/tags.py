"""What agents mark tickets with, for themselves alone: customers never learn of tags."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.choices import TagColour
from tickets.querysets.tags import TagQuerySet
from tickets.search.folding import LONGEST_PLACE

from .ticket import Ticket

LONGEST_TAG = 40


class Tag(models.Model):
    """A word that tickets are marked with. Supervisors decide which there are.

    A retired one stays where it is and is put on nothing any more. One that was merged is kept, so
    that what names it leads to the other.
    """

    name = models.CharField(_("name"), max_length=LONGEST_TAG)
    # The name as readers tell it from others: without case, letter forms, spaces and half-spaces.
    name_key = models.CharField(max_length=400, editable=False)
    place = models.BinaryField(max_length=LONGEST_PLACE, editable=False)
    colour = models.CharField(
        _("colour"), max_length=10, choices=TagColour.choices, default=TagColour.GREY
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    version = models.PositiveIntegerField(default=1)
    form_key = models.UUIDField(null=True, unique=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name_key"], condition=Q(merged_into=None), name="tag_name_once"
            ),
            models.CheckConstraint(condition=~Q(name_key=""), name="tag_has_a_name"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("id")),
                name="tag_merged_into_another",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_retired(self):
        return self.retired_at is not None


class TicketTag(models.Model):
    """That a ticket has a tag."""

    # What begins another index needs none of its own.
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="ticket_tags", db_index=False)
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="ticket_tags", db_index=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("tag of a ticket")
        verbose_name_plural = _("tags of tickets")
        constraints = [models.UniqueConstraint(fields=["ticket", "tag"], name="ticket_tag_once")]
        indexes = [models.Index(fields=["tag", "ticket"], name="tickets_of_tag")]

    def __str__(self):
        return f"{self.ticket_id}: {self.tag_id}"

"""What agents write down about an organization or a person, for all who answer their tickets."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations.models import Organization
from tickets.querysets.customer_notes import CustomerNoteChangeQuerySet, CustomerNoteQuerySet

from .append_only import AppendOnly

LONGEST_CUSTOMER_NOTE = 5_000


class CustomerNote(models.Model):
    """The note on one organization or one person, shown to staff beside each of their tickets.

    Customers never learn of it. An empty one was taken away; its history stays.
    """

    organization = models.OneToOneField(
        Organization, models.CASCADE, null=True, blank=True, related_name="+"
    )
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    body = models.TextField(_("note"), max_length=LONGEST_CUSTOMER_NOTE, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = CustomerNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer note")
        verbose_name_plural = _("customer notes")
        constraints = [
            models.CheckConstraint(
                condition=Q(organization=None) ^ Q(person=None), name="customer_note_on_one"
            )
        ]

    def __str__(self):
        return str(self.organization or self.person)


class CustomerNoteChange(AppendOnly):
    """What a note became, by whom and when."""

    note = models.ForeignKey(CustomerNote, models.CASCADE, related_name="changes", db_index=False)
    body = models.TextField(blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    objects = CustomerNoteChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a customer note")
        verbose_name_plural = _("changes of customer notes")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["note", "-id"], name="changes_of_customer_note")]

    def __str__(self):
        return f"{self.note_id}: {self.changed_at}"

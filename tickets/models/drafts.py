"""What somebody is still writing on a ticket, kept for all their devices."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.choices import MessageKind
from tickets.querysets.drafts import MessageDraftQuerySet

from .ticket import Ticket


class MessageDraft(models.Model):
    """A message that was not sent yet. Nobody but its author is ever shown it.

    The key belongs to the text, as in the form: sent from two devices it is one message.
    """

    # What begins another index needs none of its own.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=MessageKind.choices)
    body = models.TextField()
    form_key = models.UUIDField(null=True)
    # Grows with each save, also over a draft that was discarded: a tab that is behind is noticed.
    version = models.BigIntegerField()
    updated_at = models.DateTimeField()

    objects = MessageDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a message")
        verbose_name_plural = _("drafts of messages")
        constraints = [
            models.UniqueConstraint(fields=["user", "ticket", "kind"], name="message_draft_once")
        ]

    def __str__(self):
        return f"{self.ticket_id}: {self.user_id} {self.kind}"

"""Mails as they came, each kept once, and what became of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models import Message, Ticket

from .choices import MailReason, State
from .querysets import ReceivedMailQuerySet


class ReceivedMail(models.Model):
    """One mail. `key` is the same for copies of one mail, however often and by whichever way."""

    State, Reason = State, MailReason

    key = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    size = models.PositiveIntegerField(_("size"))
    # What the mail server knew of the mail: the sender is null where it did not say.
    envelope_sender = models.CharField(max_length=254, null=True, blank=True)
    envelope_recipients = models.JSONField(default=list)
    sender = models.CharField(_("sender"), max_length=254, blank=True, default="")
    subject = models.CharField(_("subject"), max_length=300, blank=True, default="")
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.RECEIVED
    )
    reason = models.CharField(
        _("reason"), max_length=12, choices=MailReason.choices, blank=True, default=""
    )
    # Whom and what the address was signed for.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    ticket = models.ForeignKey(
        Ticket, models.PROTECT, null=True, blank=True, related_name="received_mails"
    )
    is_just_thanks = models.BooleanField(default=False)
    message = models.OneToOneField(
        Message, models.PROTECT, null=True, blank=True, related_name="received_mail"
    )
    # Since when `content` is empty: what the row says of the mail stays, so that a copy is known.
    original_deleted_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    received_at = models.DateTimeField(_("received"))
    settled_at = models.DateTimeField(null=True, blank=True)
    # Who released, accepted or discarded it; null where it was settled by itself.
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ReceivedMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("received e-mail")
        verbose_name_plural = _("received e-mails")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="received_mail_known_state"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.POSTED) | Q(message__isnull=False),
                name="received_mail_posted_has_message",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="received_mail_of_state"),
            models.Index(fields=["sender", "-received_at"], name="received_mail_of_sender"),
            models.Index(fields=["ticket", "-received_at"], name="received_mail_of_ticket"),
            models.Index(
                fields=["settled_at"],
                name="received_mail_with_original",
                condition=Q(original_deleted_at__isnull=True),
            ),
        ]

    def __str__(self):
        return self.subject or self.sender or self.key[:8]

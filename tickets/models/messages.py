"""Messages of a ticket, and their attachments."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tickets.choices import MessageKind
from tickets.querysets.conversation import AttachmentQuerySet, MessageQuerySet

from .ticket import Ticket


class Message(models.Model):
    """A public reply of either side, or an internal note that only staff ever learn of."""

    Kind = MessageKind

    class Channel(models.TextChoices):
        WEB = "web", _("Web")
        EMAIL = "email", _("E-mail")

    # What begins another index needs none of its own.
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="messages", db_index=False)
    # The ticket that it was written on, where a merge brought it here; asked of one ticket's
    # messages only, so it needs no index.
    written_on = models.ForeignKey(
        Ticket, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # Which side wrote it, as it was then: people change roles, what they wrote does not.
    is_from_staff = models.BooleanField()
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB)
    body = models.TextField()
    body_folded = models.TextField(editable=False)
    # Of a mail: the signature and the quote, shown on demand; and the sender's address where it is
    # not the author's own.
    aside = models.TextField(blank=True, default="", db_default="")
    sent_from = models.EmailField(blank=True, default="", db_default="")
    created_at = models.DateTimeField()
    # A customer message waits from its writing until the next public agent message or close.
    is_waiting = models.BooleanField(default=False)
    is_just_thanks = models.BooleanField(default=False)
    # One for each form shown: the same form sent twice makes one message.
    form_key = models.UUIDField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["author", "form_key"], name="message_form_sent_once"),
            models.CheckConstraint(
                condition=Q(kind=MessageKind.PUBLIC) | Q(is_from_staff=True),
                name="message_note_by_staff",
            ),
            models.CheckConstraint(
                condition=Q(is_waiting=False)
                | Q(kind=MessageKind.PUBLIC, is_from_staff=False, is_just_thanks=False),
                name="message_waiting_is_of_customer",
            ),
        ]
        indexes = [
            models.Index(fields=["ticket", "created_at"], name="message_of_ticket"),
            models.Index(fields=["author", "-created_at"], name="message_of_author"),
        ]

    def __str__(self):
        return f"{self.ticket_id}: {self.get_kind_display()} {self.pk}"

    @property
    def is_note(self):
        return self.kind == self.Kind.NOTE


class Attachment(models.Model):
    """A file of a message, or, without one, a person's pending upload that nobody else sees.

    `name` is for showing only; the stored path is made by the server.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=100, unique=True)
    # A small picture made by a worker; empty for what is no image or could not be read.
    thumbnail_path = models.CharField(max_length=110, blank=True, default="", db_default="")
    is_thumbnail_wanted = models.BooleanField(default=False, db_default=False)
    thumbnail_tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["created_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="attachment_not_empty")]
        indexes = [
            models.Index(
                fields=["uploaded_by", "created_at"],
                condition=Q(message__isnull=True),
                name="attachment_pending",
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(is_thumbnail_wanted=True),
                name="attachment_wants_thumbnail",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("attachment", args=[self.pk])

    @property
    def thumbnail_url(self):
        """Where the small picture is, or nothing."""
        return reverse("thumbnail", args=[self.pk]) if self.thumbnail_path else ""

    @property
    def paths(self):
        """All that is stored for the row."""
        return [each for each in (self.path, self.thumbnail_path) if each]

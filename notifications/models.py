"""Who is told: the outbox of notifications, one row a person and channel, and account mail."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.models import Language
from tickets.models import Event, Ticket

from .querysets import NotificationQuerySet, OutboxQuerySet, PreferenceQuerySet
from .topics import Topic


class Outbox(models.Model):
    """Something to be sent: written with the change that calls for it, sent after it."""

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        SENT = "sent", _("Sent")
        SKIPPED = "skipped", _("Skipped")
        FAILED = "failed", _("Failed")

    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # The sweep sends what is pending at or after this moment.
    next_try_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        abstract = True


class Notification(Outbox):
    """One event told to one person by one channel."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")

    event = models.ForeignKey(Event, models.PROTECT, related_name="notifications")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="notifications")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notifications",
        verbose_name=_("recipient"),
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "recipient", "channel"], name="notification_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(state="pending"), name="notification_to_send"
            )
        ]

    def __str__(self):
        return f"{self.get_channel_display()} → {self.recipient}"

    @property
    def message_id(self):
        """The same at every try, so that a doubled mail is recognised as one."""
        return f"notification-{self.pk}-{int(self.created_at.timestamp())}"


class Preference(models.Model):
    """Whether one person is told of one topic by one channel; without a row they are."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="preferences",
        verbose_name=_("person"),
    )
    topic = models.CharField(_("topic"), max_length=10, choices=Topic.choices)
    channel = models.CharField(_("channel"), max_length=10, choices=Notification.Channel.choices)
    is_wanted = models.BooleanField(_("wanted"))

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification choice")
        verbose_name_plural = _("notification choices")
        constraints = [
            models.UniqueConstraint(fields=["user", "topic", "channel"], name="preference_once")
        ]

    def __str__(self):
        return f"{self.get_topic_display()} · {self.get_channel_display()}"


class AccountMail(Outbox):
    """A mail of no ticket: verification, reset, a warning to an admin.

    Its text may hold a link that signs in, so it is blanked when the row is settled.
    """

    recipient = models.EmailField(_("e-mail address"))
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.FA
    )
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(blank=True)
    # What must not be said twice has a key of its own.
    once_key = models.CharField(max_length=200, null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("account mail")
        verbose_name_plural = _("account mails")
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(state="pending"), name="account_mail_to_send"
            )
        ]

    def __str__(self):
        return self.subject

    @property
    def message_id(self):
        """The same at every try, so that a doubled mail is recognised as one."""
        return f"account-mail-{self.pk}-{int(self.created_at.timestamp())}"

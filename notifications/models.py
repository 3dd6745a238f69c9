"""The outbox of notifications, one row per person and channel, and of account mail."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.models import Language
from tickets.models import Event, Ticket

from . import channels
from .querysets import ON_BELL, NotificationQuerySet, OutboxQuerySet, PreferenceQuerySet
from .reasons import Reason
from .topics import Topic


class ChannelField(models.CharField):
    """The name of a channel. Which channels there are is no matter of the schema.

    So a new channel needs no migration, and rows of one that was taken out of use stay readable.
    """

    def __init__(self, *args, **kwargs):
        kwargs |= {"max_length": channels.LONGEST_NAME, "choices": channels.choices}
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        """In migrations it is a plain text field, the same whatever is in use."""
        name, _path, args, kwargs = super().deconstruct()
        del kwargs["choices"]
        return name, "django.db.models.CharField", args, kwargs


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

    def blank_secrets(self):
        """Empty what nobody may read after the row is settled; return the names of these fields."""
        return []


class Notification(Outbox):
    """A notification of one event to one person by one channel."""

    # What begins a constraint's index needs none of its own.
    event = models.ForeignKey(Event, models.PROTECT, related_name="notifications", db_index=False)
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="notifications")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notifications",
        verbose_name=_("recipient"),
    )
    channel = ChannelField(_("channel"))
    # Sent as one message with whatever else of the kind is due for the person by the channel.
    is_bundled = models.BooleanField(default=False, db_default=False)
    # So many more tickets of which the same run has found the same, and that have no row.
    more = models.PositiveIntegerField(default=0, db_default=0)
    # Of the bell: when its recipient saw it.
    read_at = models.DateTimeField(null=True, blank=True)

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
            ),
            models.Index(
                fields=["recipient", "channel"],
                condition=Q(state="pending", is_bundled=True),
                name="notification_bundles",
            ),
            # The page of failed deliveries, the newest first.
            models.Index(F("id").desc(), condition=Q(state="failed"), name="notification_failed"),
            # The bell: a person's rows, the newest first; those not read yet; those to be deleted.
            models.Index(F("recipient"), F("id").desc(), condition=ON_BELL, name="bell_of_person"),
            models.Index(
                F("recipient"),
                F("id").desc(),
                include=["ticket"],
                condition=Q(channel="bell", read_at__isnull=True),
                name="bell_unread",
            ),
            models.Index(fields=["created_at"], condition=ON_BELL, name="bell_by_age"),
        ]

    def __str__(self):
        return f"{self.get_channel_display()} → {self.recipient}"

    @property
    def ticket_count(self):
        """Of how many tickets it tells: that of its event, and `more`."""
        return 1 + self.more

    @property
    def is_not_delivered(self):
        """Whether it may be sent again: as `not_delivered` of the query set."""
        is_skipped = self.state == self.State.SKIPPED and self.error == Reason.UNDELIVERABLE
        return is_skipped or self.state == self.State.FAILED

    def was_sent_to(self, address):
        """Whether that was the recipient's address when it was sent."""
        at = self.sent_at or self.created_at
        then = self.recipient.history.filter(history_date__lte=at).first()
        return then is None or then.email == address

    @property
    def message_id(self):
        """The same at every try, so that a doubled mail is recognised as one."""
        return f"notification-{self.pk}-{int(self.created_at.timestamp())}"


class AddressFailure(models.Model):
    """A mail that came back for good from an address of a person. Several mark the address."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="address_failures"
    )
    address = models.EmailField()
    # The `message_id` of the notification.
    mail = models.CharField(max_length=60)
    failed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("failure of an address")
        verbose_name_plural = _("failures of addresses")
        constraints = [
            models.UniqueConstraint(fields=["person", "mail"], name="address_failure_once")
        ]

    def __str__(self):
        return self.address


class Preference(models.Model):
    """Whether a channel notifies a person of a topic; without a row the channel decides."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="preferences",
        verbose_name=_("person"),
    )
    topic = models.CharField(_("topic"), max_length=10, choices=Topic.choices)
    channel = ChannelField(_("channel"))
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


class Timing(models.Model):
    """When a person is sent what can wait; without a row at once."""

    class Digest(models.TextChoices):
        NONE = "", _("At once")
        HOURLY = "hourly", _("Together, each hour")
        DAILY = "daily", _("Together, once a day")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notification_timing",
        verbose_name=_("person"),
    )
    # In the person's time zone; both or neither. They may go over midnight.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    digest = models.CharField(max_length=10, choices=Digest.choices, blank=True, default="")
    digest_hour = models.PositiveSmallIntegerField(default=9)

    class Meta:
        verbose_name = _("timing of notifications")
        verbose_name_plural = _("timings of notifications")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="timing_quiet_hours_have_both_ends",
            ),
            models.CheckConstraint(condition=Q(digest_hour__lt=24), name="timing_digest_hour"),
        ]

    def __str__(self):
        return str(self.user_id)


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
    # Every account mail is an e-mail.
    channel = "email"
    # A mail that must not be sent twice has a key of its own.
    once_key = models.CharField(max_length=200, null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("account mail")
        verbose_name_plural = _("account mails")
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(state="pending"), name="account_mail_to_send"
            ),
            models.Index(fields=["id"], condition=Q(state="failed"), name="account_mail_failed"),
        ]

    def __str__(self):
        return self.subject

    def blank_secrets(self):
        self.body = ""
        return ["body"]

    @property
    def message_id(self):
        """The same at every try, so that a doubled mail is recognised as one."""
        return f"account-mail-{self.pk}-{int(self.created_at.timestamp())}"

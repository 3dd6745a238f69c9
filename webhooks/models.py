"""Endpoints, what is sent to them, and each attempt to send it."""

import json
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from notifications.models import Outbox
from organizations.models import Organization
from tickets.models import Event

from .addresses import LONGEST_URL
from .choices import trouble_text
from .querysets import DeliveryQuerySet, EndpointQuerySet, LeaseQuerySet


class Endpoint(models.Model):
    """An address that chosen events are sent to; of an organization, or of the provider."""

    class State(models.TextChoices):
        ON = "on", _("in use")
        PAUSED = "paused", _("paused")
        DISABLED = "disabled", _("disabled")

    organization = models.ForeignKey(
        Organization, models.CASCADE, null=True, blank=True, related_name="webhook_endpoints"
    )
    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=LONGEST_URL)
    # Names of `kinds.TYPES`.
    events = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ON)
    # Why it was disabled, a Trouble.
    trouble = models.CharField(max_length=20, blank=True, default="")
    # Sealed by `signing`: the present secret, and the one before while both are valid.
    secret = models.TextField()
    old_secret = models.TextField(blank=True, default="")
    old_secret_until = models.DateTimeField(null=True, blank=True)
    # Who answers for it: it is used only as long as they may see what is sent.
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"))
    # One for each form shown: sent twice, it makes one endpoint, and one new secret.
    form_key = models.UUIDField(null=True, blank=True)
    rotation_key = models.UUIDField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    # Since when nothing was accepted; null while the latest answer was good.
    failing_since = models.DateTimeField(null=True, blank=True)
    # How often in a row it did not answer at all, and until when it is therefore left alone.
    downs = models.PositiveSmallIntegerField(default=0)
    rest_until = models.DateTimeField(null=True, blank=True)
    # When it came into use, and the last event before that: see `planning.plan_missed`.
    in_use_since = models.DateTimeField(null=True, blank=True)
    heard_from = models.BigIntegerField(default=0, db_default=0)
    # When it was deleted. The row goes with its log later: an event that is just being written
    # may still name it.
    ended_at = models.DateTimeField(null=True, blank=True)

    # What `with_standing` reads.
    is_kept = False

    objects = EndpointQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=[
            *("secret", "old_secret", "old_secret_until", "form_key", "rotation_key"),
            *("failing_since", "downs", "rest_until", "in_use_since", "heard_from"),
        ]
    )

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["created_by", "form_key"], name="endpoint_form_sent_once"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_of_provider(self):
        return self.organization_id is None

    @property
    def is_on(self):
        return self.state == self.State.ON

    @property
    def is_disabled(self):
        return self.state == self.State.DISABLED

    @property
    def trouble_text(self):
        return trouble_text(self.trouble)

    def secrets_at(self, at):
        """The sealed secrets that sign at `at`: two while receivers go over to a new one."""
        is_valid = self.old_secret and self.old_secret_until and at < self.old_secret_until
        return [self.secret, self.old_secret] if is_valid else [self.secret]


class Delivery(Outbox):
    """An event on its way to one endpoint, under one id however often it is sent: what receivers
    know a repetition by. Without an event it is a test."""

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    # What begins another index needs none of its own.
    endpoint = models.ForeignKey(
        Endpoint, models.CASCADE, related_name="deliveries", db_index=False
    )
    event = models.ForeignKey(
        Event, models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    type = models.CharField(max_length=40)
    # As it was sent last.
    body = models.TextField(blank=True, default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.UniqueConstraint(fields=["event", "endpoint", "type"], name="delivery_once")
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_try_at"],
                condition=Q(state="pending"),
                name="delivery_to_send",
            ),
            # The log of an endpoint, the newest first; and what is deleted when it is old.
            models.Index(fields=["endpoint", "-id"], name="delivery_of_endpoint"),
            models.Index(fields=["created_at"], name="delivery_by_age"),
            models.Index(fields=["-id"], condition=Q(state="failed"), name="delivery_failed"),
        ]

    def __str__(self):
        return f"{self.type} {self.key}"

    @property
    def message_id(self):
        """The header `webhook-id`."""
        return f"msg_{self.key.hex}"

    @property
    def trouble_text(self):
        return trouble_text(self.error)

    @property
    def shown_body(self):
        """The text of the request on lines that people can read."""
        return json.dumps(json.loads(self.body), ensure_ascii=False, indent=2)

    @property
    def may_be_sent_again(self):
        return self.state != self.State.PENDING


class Attempt(models.Model):
    """One request of a delivery, and what was answered."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    # What it was answered with, and the beginning of its text; null without an answer.
    code = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True, default="")
    trouble = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        verbose_name = _("webhook attempt")
        verbose_name_plural = _("webhook attempts")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.delivery_id}: {self.code or self.trouble}"

    @property
    def trouble_text(self):
        return trouble_text(self.trouble)


class Lease(models.Model):
    """Who sends holds the one row: one process at a time, however many are asked to."""

    name = models.CharField(max_length=20, unique=True)
    until = models.DateTimeField()

    objects = LeaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("lease of sending")
        verbose_name_plural = _("leases of sending")

    def __str__(self):
        return self.name

"""API keys, and what was answered to requests that carried a key of their own."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organizations.models import Organization

from .credentials import stamp_of
from .querysets import ApiKeyQuerySet, SentRequestQuerySet


class ApiKey(models.Model):
    """A key that acts as one person, within its scopes. Of its secret only a hash is stored.

    A personal key acts as who made it. A key of an organization acts as a member who is made for
    it, one of the provider as an agent who is made for it: neither can sign in.
    """

    class Kind(models.TextChoices):
        PERSONAL = "personal", _("Personal")
        ORGANIZATION = "organization", _("Organization")
        PROVIDER = "provider", _("Provider")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.PERSONAL)
    name = models.CharField(_("name"), max_length=80)
    acts_as = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys", verbose_name=_("acts as")
    )
    # Of a key of an organization; it ends with the membership of the member it acts as, and stops
    # while whoever made it is no owner there.
    organization = models.ForeignKey(
        Organization, models.CASCADE, null=True, blank=True, related_name="api_keys"
    )
    prefix = models.CharField(_("begins with"), max_length=20, unique=True)
    secret_hash = models.CharField(max_length=64)
    # Another one after a change of password: see `stamp_of`.
    password_stamp = models.CharField(max_length=64)
    scopes = models.JSONField(_("scopes"), default=list)
    # One for each form shown: sent twice, it makes one key.
    form_key = models.UUIDField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"))
    # When its owner was warned that it soon ends.
    warned_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    last_used_from = models.GenericIPAddressField(_("last used from"), null=True, blank=True)
    # The minute that is counted, and how many requests it had.
    window_at = models.DateTimeField(null=True, blank=True)
    window_count = models.PositiveIntegerField(default=0)

    # What `with_standing` reads; a row that was read without it opens nothing.
    maker_owns = still_belongs = False

    objects = ApiKeyQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=[
            *("secret_hash", "password_stamp", "form_key", "last_used_at", "last_used_from"),
            *("window_at", "window_count", "warned_at"),
        ]
    )

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["created_by", "form_key"], name="api_key_form_sent_once"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="api_key_expires_later",
            ),
        ]

    def __str__(self):
        return self.name

    def is_alive_at(self, at):
        """Whether it opens anything: not revoked, not expired, of an active person whose password
        is the one of then. One of an organization acts as a member of it, and its maker owns it."""
        return (
            self.revoked_at is None
            and at < self.expires_at
            and self.acts_as.is_active
            and self.password_stamp == stamp_of(self.acts_as)
            and (self.organization_id is None or (self.maker_owns and self.still_belongs))
        )


class SentRequest(models.Model):
    """A request that carried an `Idempotency-Key`, with its answer once there is one.

    Kept for a day: the same request again gets the same answer, another one with its key 409.
    """

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="sent_requests")
    idempotency_key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.TextField(blank=True, default="")
    headers = models.JSONField(default=dict)

    objects = SentRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "idempotency_key"], name="sent_request_of_key_once"
            ),
        ]
        indexes = [models.Index(fields=["started_at"], name="sent_request_started")]

    def __str__(self):
        return self.idempotency_key

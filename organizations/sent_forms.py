"""What a form has done already: its key, with what it held and what came of it."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class SentForm(models.Model):
    """One form that a person sent and that took effect; see docs/sending.md.

    `act` names the service, `content` is what the form held, and `result` the key of the row
    that it made or changed.
    """

    class Act(models.TextChoices):
        INVITE = "invite"
        RESEND = "resend"
        FOUND = "found"
        COPY_PLAN = "copy_plan"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.UUIDField()
    act = models.CharField(max_length=20, choices=Act.choices)
    content = models.JSONField()
    result = models.BigIntegerField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="sent_form_once"),
        ]

    def __str__(self):
        return f"{self.act} {self.key}"

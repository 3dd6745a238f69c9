"""The words in which the outbox is asked for."""

from django.db import models


class OutboxQuerySet(models.QuerySet):
    def to_send(self, at):
        """What is pending and may be tried at `at`, oldest first."""
        return self.filter(state="pending", next_try_at__lte=at).order_by("next_try_at")

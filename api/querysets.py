"""Which API keys, and which requests that were sent."""

from django.db import models
from django.db.models import Case, F, Q, Value, When

MOST_LISTED = 100


class ApiKeyQuerySet(models.QuerySet):
    def of_person(self, user):
        """The person's own keys."""
        return self.filter(kind="personal", acts_as=user)

    def listed(self):
        """The newest first, as a page shows them; very old ones are of no interest there."""
        return self.select_related("acts_as").order_by("-pk")[:MOST_LISTED]

    def of_organization(self, organization):
        return self.filter(kind="organization", organization=organization)

    def living(self, at):
        """Neither revoked nor expired."""
        return self.filter(revoked_at=None, expires_at__gt=at)

    def of_form(self, creator, form_key):
        """What this very form made before: one key at most."""
        return self.filter(created_by=creator, form_key=form_key) if form_key else self.none()

    def with_prefix(self, prefix):
        """The key that begins so, with the person it acts as; None without one."""
        return self.select_related("acts_as").filter(prefix=prefix).first()

    def count_use(self, key, *, at, address, window_at, most):
        """Count a request of the key; whether it is one of the `most` of its minute.

        One statement decides, so that requests at the same time are all counted.
        """
        is_same = Q(window_at=window_at)
        counted = Case(When(is_same, then=F("window_count") + 1), default=Value(1))
        may = self.filter(pk=key.pk).exclude(is_same & Q(window_count__gte=most))
        return may.update(
            window_count=counted, window_at=window_at, last_used_at=at, last_used_from=address
        )


class SentRequestQuerySet(models.QuerySet):
    def started_before(self, at):
        return self.filter(started_at__lt=at)

    def named(self, key, idempotency_key):
        return self.filter(key=key, idempotency_key=idempotency_key)

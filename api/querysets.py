"""Which API keys, and which requests that were sent."""

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from organizations.choices import Role

MOST_LISTED = 100


class ApiKeyQuerySet(models.QuerySet):
    def of_person(self, user):
        """The person's own keys."""
        return self.filter(kind=self.model.Kind.PERSONAL, acts_as=user)

    def listed(self):
        """The newest first, as a page shows them; very old ones are of no interest there."""
        found = self.with_standing().select_related("acts_as", "created_by")
        return found.order_by("-pk")[:MOST_LISTED]

    def of_organization(self, organization):
        return self.filter(kind=self.model.Kind.ORGANIZATION, organization=organization)

    def of_organizations(self, organizations):
        return self.filter(kind=self.model.Kind.ORGANIZATION, organization__in=organizations)

    def with_standing(self):
        """With `maker_owns` and `still_belongs`, which a key of an organization lives by: its maker
        is an owner there who can sign in, and the member it acts as still belongs."""
        own = self.model.objects.filter(pk=OuterRef("pk"))
        here = F("organization")
        owner = {"created_by__memberships__role": Role.OWNER, "created_by__is_active": True}
        made = own.filter(created_by__memberships__organization=here, **owner)
        acting = own.filter(acts_as__memberships__organization=here)
        return self.annotate(maker_owns=Exists(made), still_belongs=Exists(acting))

    def expired_with_a_member(self, at):
        """Keys of organizations that have expired, and whose member still belongs."""
        return self.filter(
            kind=self.model.Kind.ORGANIZATION,
            expires_at__lte=at,
            acts_as__memberships__isnull=False,
        )

    def to_warn_of(self, at, *, before):
        """Those that end within `before`, live longer than that, and were not warned of."""
        ending = self.living(at).filter(expires_at__lte=at + before, warned_at=None)
        return ending.filter(created_at__lt=F("expires_at") - before).order_by("pk")

    def living(self, at):
        """Neither revoked nor expired."""
        return self.filter(revoked_at=None, expires_at__gt=at)

    def of_form(self, creator, form_key):
        """What this very form made before: one key at most."""
        return self.filter(created_by=creator, form_key=form_key) if form_key else self.none()

    def with_prefix(self, prefix):
        """The key that begins so, with the person it acts as."""
        return self.with_standing().select_related("acts_as").filter(prefix=prefix)

    def count_use(self, key, *, at, address, window_at, most):
        """Count a request of the key; whether it is one of the `most` of its minute, and of a key
        that has not ended meanwhile.

        One statement decides, so that requests at the same time are all counted, and none passes
        after a revocation that it has waited for.
        """
        is_same = Q(window_at=window_at)
        counted = Case(When(is_same, then=F("window_count") + 1), default=Value(1))
        may = self.living(at).filter(pk=key.pk).exclude(is_same & Q(window_count__gte=most))
        return may.update(
            window_count=counted, window_at=window_at, last_used_at=at, last_used_from=address
        )


class SentRequestQuerySet(models.QuerySet):
    def started_before(self, at):
        return self.filter(started_at__lt=at)

    def named(self, key, idempotency_key):
        return self.filter(key=key, idempotency_key=idempotency_key)

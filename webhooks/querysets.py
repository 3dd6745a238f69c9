"""Which endpoints, which deliveries."""

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When

from notifications.querysets import OutboxQuerySet
from organizations.models import Membership, Role, StaffRole

SUPERVISORS = [StaffRole.SUPERVISOR, StaffRole.ADMIN]


class EndpointQuerySet(models.QuerySet):
    def of_provider(self):
        return self.filter(organization=None, ended_at=None)

    def of_organization(self, organization):
        return self.filter(organization=organization, ended_at=None)

    def of_organizations(self, organizations):
        return self.filter(organization__in=organizations, ended_at=None)

    def ended_before(self, at):
        """Those that were deleted before."""
        return self.filter(ended_at__lt=at).order_by("pk")

    def came_into_use(self, *, after, at):
        """Those that did so in that time, and are in use."""
        return self.in_use().filter(in_use_since__gt=after, in_use_since__lte=at).order_by("pk")

    def with_standing(self):
        """With `is_kept`: whether its keeper still may see what it is sent. An endpoint is a way
        out for tickets, so that it stops with the rights of the person who answers for it."""
        kept = self._kept_by_supervisor() | self._kept_by_owner()
        return self.annotate(is_kept=Case(When(kept, then=True), default=False))

    def _kept_by_supervisor(self):
        return Q(organization=None, keeper__is_active=True, keeper__staff_role__in=SUPERVISORS)

    def _kept_by_owner(self):
        owned = Membership.objects.filter(
            organization=OuterRef("organization"), user=OuterRef("keeper"), role=Role.OWNER
        )
        return Q(Exists(owned), keeper__is_active=True)

    def in_use(self):
        """Those that requests are sent to: neither paused nor disabled, and their keeper is one."""
        return self.filter(self._kept_by_supervisor() | self._kept_by_owner(), state="on")

    def listening(self, organizations):
        """Those in use of the provider, and of these organizations."""
        return self.in_use().filter(Q(organization=None) | Q(organization__in=organizations))

    def owners(self):
        """The keys of the organizations that have some, and None where the provider has."""
        return self.order_by().values_list("organization", flat=True).distinct()

    def with_due(self, at):
        """Those in use that something waits for since `at` or longer, and that do not rest: with
        the key of the delivery that has waited longest as `first`. A probe of an index for each
        endpoint, however much waits."""
        deliveries = self.model.deliveries.rel.related_model.objects
        waiting = deliveries.filter(endpoint=OuterRef("pk")).to_send(at)
        first = Subquery(waiting.order_by("next_try_at", "pk").values("pk")[:1])
        found = self.in_use().exclude(rest_until__gt=at).annotate(first=first)
        return found.filter(first__isnull=False)

    def next_to_send(self, at, *, busy, most):
        """(key, key of a delivery) of at most so many of those; those that answer come before those
        that did not."""
        found = self.with_due(at).exclude(pk__in=busy).order_by("downs", "pk")
        return found.values_list("pk", "first")[:most]

    def failing(self):
        return self.filter(state="on", failing_since__isnull=False)

    def disabled(self):
        return self.filter(state="disabled")

    def was_deleted_by(self, person, key):
        """Whether the person deleted the endpoint of that key, whose row goes later."""
        ended = self.model.history.filter(id=key, ended_at__isnull=False)
        return ended.filter(history_user=person).exists()

    def of_form(self, creator, form_key):
        """What this very form made before: one at most."""
        return self.filter(created_by=creator, form_key=form_key) if form_key else self.none()

    def locked(self, key):
        """The one of that key, locked until the transaction ends; None where it was deleted."""
        return self.select_for_update(no_key=True).filter(pk=key, ended_at=None).first()

    def listed(self):
        """In the order in which they were made, with all that a page shows."""
        return self.with_standing().select_related("keeper", "organization").order_by("pk")


class DeliveryQuerySet(OutboxQuerySet):
    def newest_first(self):
        return self.order_by("-pk")

    def before(self, key):
        return self if key is None else self.filter(pk__lt=key)

    def with_events(self):
        """With what a line of the log names."""
        return self.select_related("event__ticket")

    def with_all_to_send(self):
        """With all that is needed to write the request."""
        return self.select_related(
            "endpoint__keeper", "endpoint__organization", "event__actor", "event__message__author"
        )

    def not_delivered(self):
        """What may be sent again at once: it failed, or was skipped."""
        return self.filter(state__in=[self.model.State.FAILED, self.model.State.SKIPPED])

    def of_tickets(self, tickets):
        return self.filter(event__ticket__in=tickets)

    def created_before(self, at):
        return self.filter(created_at__lt=at)


class LeaseQuerySet(models.QuerySet):
    def taken(self, name, *, now, until):
        """Take the lease of that name, if nobody has it at `now`; whether that went well."""
        self.get_or_create(name=name, defaults={"until": now})
        return bool(self.filter(name=name, until__lte=now).update(until=until))

    def moved(self, name, *, held, until):
        """Hold the lease, which is held until `held`, until another moment; False where somebody
        else took it meanwhile."""
        return bool(self.filter(name=name, until=held).update(until=until))

"""Queries of clocks."""

from django.db import models
from django.db.models import F, Prefetch, Q

from plans.models import CalendarVersion
from tickets.choices import ClockKind, ClockState
from tickets.lists.row_after import RowAfter
from tickets.rows import AnyOf

from .results import IN_REPORTS, RESULTS

# Without rows, or with rows that a later change does not show: an open one where nothing counts,
# none where something does, or one that does not begin at `Clock.counts_from`.
WITHOUT_STRETCHES = (
    Q(sum_from__isnull=True)
    | Q(counting_from__isnull=True, stretch_from__isnull=False)
    | Q(counting_from__isnull=False, stretch_from__isnull=True)
    | Q(stretch_from__lt=F("counting_from"))
    | Q(stretch_from__lt=F("reckoned_from"))
    | Q(stretch_from__gt=F("counting_from")) & Q(stretch_from__gt=F("reckoned_from"))
)


class ClockQuerySet(models.QuerySet):
    def running(self):
        """Not stopped yet; those whose due has fallen included."""
        return self.filter(stopped_at__isnull=True)

    def alive(self):
        """What something can still happen to: running ones, and resolution clocks, since a
        reopening goes on with one that a close met."""
        return self.filter(Q(stopped_at__isnull=True) | Q(kind=ClockKind.RESOLUTION))

    def with_terms(self):
        """With the versions of plan and calendar that they count by; a calendar is long, and
        parsed ones are kept: see `promise_of`."""
        versions = self.select_related("plan_version", "calendar_version")
        return versions.defer("calendar_version__definition")

    def with_shared_terms(self):
        """As `with_terms`, with a query for each kind of version instead of an instance of both
        for each clock."""
        calendars = CalendarVersion.objects.defer("definition")
        return self.prefetch_related("plan_version", Prefetch("calendar_version", calendars))

    def of_tickets_newest_first(self, tickets):
        """Of tickets by their keys."""
        return self.filter(AnyOf("ticket_id", tickets)).order_by("-started_at", "-pk")

    def of_merge(self, source, target, keys):
        """Those of two tickets that something can still happen to, and those of the keys."""
        alive = Q(stopped_at__isnull=True) | Q(kind=ClockKind.RESOLUTION)
        return self.filter(Q(ticket__in=[source, target]) & alive | Q(pk__in=keys))

    def of_ticket_newest_first(self, ticket):
        return self.filter(ticket=ticket).order_by("-started_at", "-pk")

    def breached_since(self, at):
        """Those whose due fell at `at` or later without being met."""
        return self.filter(state=ClockState.BREACHED, due_at__gte=at)

    def of_organization(self, organization, at):
        """Those of its tickets that were open at `at` or later: found from the tickets, as the
        clocks of everybody together are many."""
        own = self.model.ticket.field.related_model.objects.filter(organization=organization)
        since = own.filter(public_updated_at__gte=at).order_by().values("pk")
        return self.filter(ticket__in=since.union(own.open().order_by().values("pk"), all=True))

    def ended(self):
        return self.filter(stopped_at__isnull=False)

    def older_than(self, key):
        return self.filter(pk__lt=key)

    def explained(self):
        """With the ledger and the counted stretches, and with the versions of plan and calendar
        that were counted by."""
        return (
            self.select_related(
                "plan_version__plan", "calendar_version__calendar", "agent", "assignee_at_breach"
            )
            .defer("calendar_version__definition")
            .prefetch_related("changes", "stretches")
        )

    def by_an_earlier_plan(self, plan):
        """Running clocks of organizations on the plan that another plan's terms still govern, or
        the other way round."""
        by_plan, on_plan = Q(plan_version__plan=plan), Q(ticket__organization__plan=plan)
        unbroken = self.running().filter(state=ClockState.RUNNING)
        return unbroken.filter((by_plan & ~on_plan) | (on_plan & ~by_plan))

    def without_stretches(self):
        """What a release wrote that stored no stretches; found by index, none in daily work."""
        return self.filter(WITHOUT_STRETCHES).order_by("pk")

    def breach_to_tell(self, at):
        return (
            self.running()
            .filter(breach_notified_at__isnull=True, due_at__lte=at)
            .order_by("due_at")
        )

    def due_soon_to_tell(self, at):
        """Exclude clocks that are overdue already: they are not due soon any more."""
        return (
            self.running()
            .filter(due_soon_notified_at__isnull=True, due_soon_at__lte=at, due_at__gt=at)
            .order_by("due_soon_at")
        )

    def to_escalate(self, at):
        """Half way to due soon, and not due soon yet: the scan has to look who accepted them."""
        return (
            self.running()
            .filter(escalation_notified_at__isnull=True, escalate_at__lte=at, due_soon_at__gt=at)
            .order_by("escalate_at")
        )

    def due_between(self, start, end):
        """Whose due lies in the half-open span."""
        return self.filter(due_at__gte=start, due_at__lt=end)

    def in_reports(self):
        """What has an end or a breach; running ones do not count yet."""
        return self.filter(IN_REPORTS)

    def with_result(self, result):
        return self.filter(RESULTS[result])

    def behind_reports(self):
        """The last due first, with what a row of the list behind a number shows."""
        shown = ("ticket__organization", "plan_version__plan", "agent")
        return (
            self.select_related(*shown)
            .defer("ticket__title_folded", "plan_version__targets")
            .order_by("-due_at", "-id")
        )

    def after(self, fields, values):
        return self.filter(RowAfter(fields, values))

    def before(self, fields, values):
        return self.filter(RowAfter(fields, values, operator="<"))


class RecalculationQuerySet(models.QuerySet):
    def unfinished(self):
        """What a worker still has to do, in the order in which it was asked for."""
        return self.filter(finished_at__isnull=True).order_by("pk")

    def starting(self):
        """Edits of plans that promise something new, which a worker still has to start clocks for,
        in the order of the edits."""
        starting = self.unfinished().filter(scope=self.model.Scope.STARTING)
        return starting.select_related("plan", "created_by")

"""What the supervisors' board counts: each number in one statement, of what a list can show too."""

from datetime import timedelta

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q

from organizations.querysets import name_of
from tickets.choices import Age, Status

DAY = timedelta(days=1)
# How old a ticket of each age is at least, and less than what.
AGES = {
    Age.DAY: (timedelta(0), DAY),
    Age.DAYS: (DAY, 3 * DAY),
    Age.WEEK: (3 * DAY, 7 * DAY),
    Age.OLDER: (7 * DAY, None),
}


def aged(age, at):
    """The condition that a ticket is of that age at `at`."""
    least, below = AGES[age]
    # No lower bound for the youngest: a ticket may be filed after `at` was read.
    old_enough = Q(created_at__lte=at - least) if least else Q()
    return old_enough & Q(created_at__gt=at - below) if below else old_enough


def due_within(start, end):
    """The condition that the answer to an open ticket is due in the half-open span."""
    # Not by the place in the queue: what is snoozed, or has returned, has a due elsewhere.
    return Q(due_at__gte=start, due_at__lt=end)


class BoardQuerySet(models.QuerySet):
    """Of the tickets that a supervisor sees."""

    def open(self):
        return self.exclude(status=Status.CLOSED)

    def of_age(self, age, at):
        return self.filter(aged(age, at))

    def due_within(self, start, end):
        return self.filter(due_within(start, end))

    def counted_by_status_and_age(self, at):
        """Of open tickets: tuples of a status and how many are of each Age."""
        counts = {age.value: Count("pk", filter=aged(age, at)) for age in AGES}
        return self.open().order_by().values_list("status").annotate(**counts)

    def counted_by_due(self, spans):
        """How many answers are due in each of the half-open spans of time, which follow each other:
        one tuple."""
        counts = {
            f"span_{place}": Count("pk", filter=due_within(*span))
            for place, span in enumerate(spans)
        }
        due = self.open().filter(due_within(spans[0][0], spans[-1][1]))
        return tuple(due.aggregate(**counts).values())

    def busiest_assignees(self, at, most):
        """Tuples of an assignee's key and name, how many open tickets they have, and how many of
        these are overdue at `at`; of those with most tickets."""
        assigned = self.open().filter(assignee__isnull=False).order_by()
        return (
            assigned.annotate(name=name_of("assignee__"))
            .values_list("assignee", "name")
            .annotate(**_load(at))
            .order_by("-total", "assignee")[:most]
        )

    def busiest_organizations(self, at, most):
        """As `busiest_assignees`, of organizations by their keys."""
        return (
            self.open()
            .order_by()
            .values_list(F("organization__key"), F("organization__name"))
            .annotate(**_load(at))
            .order_by("-total", "organization__key")[:most]
        )

    def longest_unassigned(self):
        """The oldest open ticket that is nobody's, or None."""
        return self.open().filter(assignee__isnull=True).order_by("created_at", "pk").first()

    def closed_automatically_since(self, at):
        """What the automatic close has closed since, and nobody has reopened."""
        event = self.model.events.rel.related_model
        closes = event.objects.filter(
            ticket=OuterRef("pk"), kind=event.Kind.CLOSED_AUTOMATICALLY, created_at__gte=at
        )
        return self.filter(Exists(closes), status=Status.CLOSED, closed_at__gte=at)


def _load(at):
    return {"total": Count("pk"), "late": Count("pk", filter=Q(due_at__lte=at))}

"""What the supervisors' board counts, of what a list can show too."""

from datetime import timedelta

from django.db import connections, models
from django.db.models import Count, Exists, OuterRef, Q

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

    def open_counted(self, at, most):
        """What is counted of the open tickets, all of which one statement reads once.

        {"status": [(status, [how many are of each Age])], "assignee" and "organization": [(key,
        name, how many, how many of these are overdue at `at`)] of the `most` with most tickets,
        "unassigned": [the key of the oldest that is nobody's]}.
        """
        columns = ("id", "status", "created_at", "assignee", "organization", "due_at")
        rows, of_rows = self.open().order_by().values_list(*columns).query.sql_with_params()
        connection = connections[self.db]
        moment = connection.ops.adapt_datetimefield_value
        edges = [moment(at - least) for least, _below in list(AGES.values())[1:]]
        found = {name: [] for name in ("status", "assignee", "organization", "unassigned")}
        with connection.cursor() as cursor:
            sql = _OF_OPEN.format(rows=rows, most=int(most))
            cursor.execute(sql, [*of_rows, *edges, moment(at), moment(at)])
            for name, key, label, *numbers in cursor.fetchall():
                found[name].append(_counted_row(name, key, label, numbers))
        return found

    def counted_by_due(self, spans):
        """How many answers are due in each of the half-open spans of time, which follow each other:
        one tuple."""
        counts = {
            f"span_{place}": Count("pk", filter=due_within(*span))
            for place, span in enumerate(spans)
        }
        # Nothing closed has a due; to leave it out once more misleads the planner.
        due = self.filter(due_within(spans[0][0], spans[-1][1]))
        return tuple(due.aggregate(**counts).values())

    def closed_automatically_since(self, at):
        """What the automatic close has closed since, and nobody has reopened."""
        event = self.model.events.rel.related_model
        closes = event.objects.filter(
            ticket=OuterRef("pk"), kind=event.Kind.CLOSED_AUTOMATICALLY, created_at__gte=at
        )
        return self.filter(Exists(closes), status=Status.CLOSED, closed_at__gte=at)


def _counted_row(name, key, label, numbers):
    if name == "status":
        # Those that are at least so old, less those that are of a greater age.
        return key, [
            older - oldest for older, oldest in zip(numbers, [*numbers[1:], 0], strict=True)
        ]
    if name == "organization":
        return key, label, *numbers[:2]
    return (int(key), label, *numbers[:2]) if name == "assignee" else int(key)


# The rows are read once, into memory, and counted there thrice. A key is a text, as an
# organization's is.
_OF_OPEN = """
WITH counted (id, status, created_at, assignee, organization, due_at) AS MATERIALIZED ({rows})
SELECT 'status' AS name, status AS key, '' AS label, count(*) AS total,
    sum(CASE WHEN created_at <= %s THEN 1 ELSE 0 END) AS late,
    sum(CASE WHEN created_at <= %s THEN 1 ELSE 0 END),
    sum(CASE WHEN created_at <= %s THEN 1 ELSE 0 END)
FROM counted GROUP BY status
UNION ALL SELECT * FROM (
    SELECT 'assignee', CAST(person.id AS varchar(40)), COALESCE(NULLIF(name, ''), email),
        total, late, 0, 0
    FROM (
        SELECT assignee, count(*) AS total, sum(CASE WHEN due_at <= %s THEN 1 ELSE 0 END) AS late
        FROM counted WHERE assignee IS NOT NULL
        GROUP BY assignee ORDER BY total DESC, assignee LIMIT {most}
    ) loads JOIN organizations_user person ON person.id = assignee
    ORDER BY total DESC, person.id
) assignees
UNION ALL SELECT * FROM (
    SELECT 'organization', key, name, total, late, 0, 0
    FROM (
        SELECT organization, count(*) AS total,
            sum(CASE WHEN due_at <= %s THEN 1 ELSE 0 END) AS late
        FROM counted GROUP BY organization
    ) loads JOIN organizations_organization named ON named.id = organization
    ORDER BY total DESC, key LIMIT {most}
) organizations
UNION ALL SELECT * FROM (
    SELECT 'unassigned', CAST(id AS varchar(40)), '', 0, 0, 0, 0
    FROM counted WHERE assignee IS NULL ORDER BY counted.created_at, counted.id LIMIT 1
) oldest"""

"""What the list of the queue is narrowed to and sorted by."""

from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q

from tickets.rows import AnyOf

from .list_order import open_order_of, open_place_in
from .queue_bands import QueueBands


class QueueListQuerySet(QueueBands):
    """Of the tickets that an agent sees. Where several values are given, any of them fits."""

    def among(self, tickets):
        """Those of a query that was cut: whatever is joined to them is joined to no others."""
        return self.filter(pk__in=tickets.values("pk"))

    def of_keys(self, keys):
        return self.filter(AnyOf("id", keys))

    def with_statuses(self, statuses):
        return self.filter(_any_of("status", statuses))

    def with_priorities(self, priorities):
        return self.filter(_any_of("priority", priorities))

    def in_categories(self, categories):
        return self.filter(_any_of("category", categories))

    def of_organizations(self, organizations):
        return self.filter(_any_of("organization", organizations))

    def of_plans(self, plans):
        """Of the organizations that have one of the plans now."""
        return self.filter(_any_of("organization__plan", plans))

    def requested_by_any(self, people):
        return self.filter(_any_of("requester", people))

    def assigned_to_any(self, people, *, nobody):
        """Of these assignees, and where `nobody` is true those without one."""
        return self.filter(_any_of("assignee", people, none=nobody))

    def of_teams(self, teams, *, none, member):
        """Of these teams, of those that `member` belongs to, and where `none` is true of none: also
        those whose team was deleted."""
        conditions = [_any_of("team", teams)] if teams else []
        if none:
            conditions.append(Q(team__isnull=True) | Q(team__ended_at__isnull=False))
        if member is not None:
            own = self.model.team.field.related_model.members.rel.related_model
            conditions.append(Q(team__in=own.objects.filter(user=member).values("team")))
        return self.filter(reduce(or_, conditions))

    def rated(self, scores):
        """Those whose customers gave one of the scores; 0 stands for no rating."""
        ratings = self.model.rating.related.related_model.objects.filter(ticket=OuterRef("pk"))
        given = [each for each in scores if each]
        found = Q(Exists(ratings.filter(_any_of("score", given)))) if given else Q()
        return self.filter(found | ~Q(Exists(ratings)) if 0 in scores else found)

    def filed_from(self, at):
        return self.filter(created_at__gte=at)

    def filed_before(self, at):
        return self.filter(created_at__lt=at)

    def waiting_since_before(self, at):
        """Those on which something has waited for an answer since `at` or longer."""
        return self.filter(waiting_since__lte=at)

    def sorted_open(self, column, *, falling):
        """In the order of a column of the queue; see `open_order_of`."""
        place = open_place_in(column, falling=falling)
        placed = self.annotate(place=place) if place else self
        return placed.order_by(*open_order_of(column, falling=falling))


def _any_of(field, values, *, none=False):
    """The condition that a field has one of the values; equality where there is but one, which
    leads an index."""
    values = list(values)
    found = Q(**{field: values[0]}) if len(values) == 1 else Q(**{f"{field}__in": values})
    if not none:
        return found
    nothing = Q(**{f"{field}__isnull": True})
    return nothing | found if values else nothing

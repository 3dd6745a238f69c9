"""Which teams there are, and whose a category is."""

from django.db import models
from django.db.models.functions import Lower

from tickets.search.folding import name_key

from .list_order import PLACES


class TeamQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Every team, for any agent; nobody else learns of teams."""
        return self.living() if user.is_agent else self.none()

    def living(self):
        """Those that were not deleted."""
        return self.filter(ended_at=None)

    def keyed(self, key):
        """The one of that key, or None."""
        return self.filter(pk=key).first()

    def of_category(self, category):
        """The team that answers a category: one at most."""
        return self.living().filter(categories__category=category)

    def assigning(self):
        """Those whose tickets are given to their agents automatically."""
        return self.living().filter(assigns_automatically=True)

    def by_category(self):
        """The team of each category that one answers, in one statement."""
        answering = self.living().annotate(category=models.F("categories__category"))
        return {team.category: team for team in answering.exclude(category=None)}

    def of_member(self, user):
        return self.living().filter(members__user=user)

    def joined_by(self, user):
        """Those for which the person writes: the ones they belong to, of supervisors any."""
        return self.living() if user.is_supervisor else self.of_member(user)

    def keys_by_name(self):
        """The key of each by what its name shares with those that look the same: `name_key`."""
        return {name_key(name): key for name, key in self.living().values_list("name", "pk")}

    def by_name(self):
        return self.order_by(Lower("name"), "pk")

    def with_people(self):
        """Each with its members by name, as `members`, and its categories as they are listed
        everywhere."""
        member = self.model.members.rel.related_model
        members = member.objects.filter(user__is_active=True).select_related("user")
        members = models.Prefetch("members", members.order_by("user__name", "user"))
        category = self.model.categories.rel.related_model
        in_order = category.objects.order_by(PLACES["category"])
        return self.by_name().prefetch_related(members, models.Prefetch("categories", in_order))

    def locked(self, key):
        """The living team of that key, locked until the transaction ends, or None."""
        return self.living().select_for_update(no_key=True).filter(pk=key).first()

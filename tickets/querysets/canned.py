"""Which canned replies a person finds, may change, and in what order they are shown."""

from django.db import models
from django.db.models import Case, F, Q, When

from tickets.choices import CannedScope
from tickets.lists.row_after import RowAfter
from tickets.search.folding import search_terms

MACRO = ~Q(then="", priority="", new_category="", assignee=None, tag_ids=[])


class CannedReplyQuerySet(models.QuerySet):
    def usable_by(self, user):
        """An agent's own ones, those of their teams and the shared ones; nobody else uses any."""
        if not user.is_agent:
            return self.none()
        return self.filter(self._of_reach(user))

    def visible_to(self, user):
        """As `usable_by`; supervisors also find those of the teams that they do not belong to."""
        if not user.is_agent:
            return self.none()
        found = self._of_reach(user)
        return self.filter(found | Q(scope=CannedScope.TEAM) if user.is_supervisor else found)

    def editable_by(self, user):
        """Of the visible ones, those that the person made; supervisors may also change those of
        teams and the shared ones."""
        found = self.visible_to(user)
        return found if user.is_supervisor else found.filter(owner=user)

    def _of_reach(self, user):
        member = self.model.team.field.related_model.members.rel.related_model
        teams = member.objects.filter(user=user).values("team")
        own = Q(scope=CannedScope.OWN, owner=user)
        return own | Q(team__in=teams) | Q(scope=CannedScope.SHARED)

    def keyed(self, key):
        """The one of that key, or None."""
        return self.filter(pk=key).first()

    def of_scope(self, scope):
        return self.filter(scope=scope)

    def of_team(self, team):
        return self.filter(team=team)

    def about(self, category):
        """Those for tickets of that category alone."""
        return self.filter(category=category)

    def macros(self):
        """Those that do more than write."""
        return self.filter(MACRO)

    def adding(self, tag):
        """Those that put the tag of that key on tickets. Few add any, so they are all read."""
        with_tags = self.exclude(tag_ids=[]).values_list("pk", "tag_ids")
        return self.filter(pk__in=[key for key, tags in with_tags if tag in tags])

    def found_by(self, text):
        """Those with every word of the text in their title or in one of their texts."""
        for term in search_terms(text):
            self = self.filter(searched__contains=term)  # noqa: PLW0642 narrowed word by word
        return self

    def fitting(self, category):
        """For the composer of a ticket: those of its category first, then by how often used."""
        fits = Case(When(category=category, then=0), When(category="", then=1), default=2)
        return self.order_by(fits, F("uses").desc(), "title_key", "pk")

    def after(self, fields, key):
        return self.filter(RowAfter(fields, key))

    def before(self, fields, key):
        return self.filter(RowAfter(fields, key, operator="<"))

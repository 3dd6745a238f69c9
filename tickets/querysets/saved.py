"""Which saved views a person sees beside the queue, and which they may change."""

from django.db import models
from django.db.models import Q

from tickets.search.folding import name_key


class SavedViewQuerySet(models.QuerySet):
    def beside_queue_of(self, user):
        """A person's own and those of their teams; of deleted teams, those that they made."""
        member = self.model.team.field.related_model.members.rel.related_model
        teams = member.objects.filter(user=user).values("team")
        own = Q(owner=user) & (Q(team=None) | Q(team__ended_at__isnull=False))
        return self.filter(own | Q(team__in=teams))

    def visible_to(self, user):
        """As `beside_queue_of`; supervisors see those of all teams. Nobody but agents sees any."""
        if not user.is_agent:
            return self.none()
        own = self.beside_queue_of(user)
        return (
            own | self.filter(team__ended_at=None, team__isnull=False)
            if user.is_supervisor
            else own
        )

    def editable_by(self, user):
        """Of the visible ones, those that the person made; supervisors may change a team's."""
        shared = Q(team__isnull=False) if user.is_supervisor else Q(pk__in=[])
        return self.visible_to(user).filter(Q(owner=user) | shared)

    def keyed(self, key):
        """The one of that key with its team, or None."""
        return self.select_related("team", "owner").filter(pk=key).first()

    def labels_of(self, key):
        """What the view of that key refers to, as it was called when it was saved."""
        return self.filter(pk=key).values_list("labels", flat=True).first() or []

    def beside(self, *, team, owner):
        """Those that share its column: of the team, or a person's own."""
        return self.filter(team=team) if team else self.filter(team=None, owner=owner)

    def has_named(self, name):
        """Whether one of them, which are few, has a name that looks the same."""
        wanted = name_key(name)
        return any(name_key(each) == wanted for each in self.values_list("name", flat=True))

    def in_order(self):
        """A person's own first, then by team, each as its views are ordered."""
        return self.order_by(models.F("team__name").asc(nulls_first=True), "team", "place", "pk")

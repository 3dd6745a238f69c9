"""Teams: named sets of agents with the categories that they answer."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from tickets.choices import Category
from tickets.querysets.teams import TeamQuerySet


class Team(models.Model):
    """A named set of agents. New tickets of its categories go to it; every agent sees them all.

    A team that was deleted keeps its row, because tickets and their history name it: it has
    `ended_at`, and neither members nor categories.
    """

    name = models.CharField(_("name"), max_length=60)
    # Whether tickets that nobody has are given to its agents, and up to how many each.
    assigns_automatically = models.BooleanField(
        _("assign tickets automatically"), default=False, db_default=False
    )
    most_tickets = models.PositiveSmallIntegerField(
        _("most tickets of one agent"), default=10, db_default=10
    )
    version = models.PositiveIntegerField(default=1)
    form_key = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.UniqueConstraint(
                Lower("name"), condition=Q(ended_at=None), name="team_name_once"
            ),
            models.CheckConstraint(
                condition=Q(most_tickets__gte=1), name="team_gives_at_least_one"
            ),
        ]

    def __str__(self):
        return self.name


class TeamMember(models.Model):
    """That an agent belongs to a team; an agent may belong to several."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="in_teams")

    class Meta:
        verbose_name = _("member of a team")
        verbose_name_plural = _("members of teams")
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="team_member_once")]

    def __str__(self):
        return f"{self.team}: {self.user}"


class TeamCategory(models.Model):
    """That a team answers a category: at most one team does, so that a ticket has one place."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="categories")
    category = models.CharField(_("category"), max_length=10, choices=Category.choices, unique=True)

    class Meta:
        verbose_name = _("category of a team")
        verbose_name_plural = _("categories of teams")
        constraints = [
            models.CheckConstraint(
                condition=Q(category__in=Category.values), name="team_category_known"
            )
        ]

    def __str__(self):
        return f"{self.team}: {self.get_category_display()}"

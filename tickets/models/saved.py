"""Lists of the queue that agents keep under a name, for themselves or for a team."""

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tickets.querysets.saved import SavedViewQuerySet

from .teams import Team

LONGEST_VIEW_NAME, LONGEST_VIEW_QUERY = 60, 2000


class SavedView(models.Model):
    """The address of a list under a name: its filters, order and columns.

    It hides nothing and opens nothing: any agent may ask for the same list. What it refers to may
    be gone one day; `labels` then still say what that was.
    """

    name = models.CharField(_("name"), max_length=LONGEST_VIEW_NAME)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("made by")
    )
    # Whose members see it too; of a team that was deleted, only its owner does.
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    query = models.CharField(max_length=LONGEST_VIEW_QUERY, blank=True, default="")
    # [kind, key, name] of each row that it refers to, as it was called when the view was saved.
    labels = models.JSONField(default=list, db_default=Value([], models.JSONField()), blank=True)
    # The order beside the queue, among the views of its owner or its team.
    place = models.PositiveSmallIntegerField(default=0, db_default=0)
    version = models.PositiveIntegerField(default=1)
    form_key = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                "owner", Lower("name"), condition=Q(team=None), name="own_view_name_once"
            ),
            models.UniqueConstraint(
                "team", Lower("name"), condition=Q(team__isnull=False), name="team_view_name_once"
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("queue:view", args=[self.pk])

    @property
    def is_shared(self):
        """Whether others see it: not those of a team that was deleted."""
        return self.team is not None and self.team.ended_at is None

    def is_editable_by(self, user):
        """Its maker's to change; a team's also supervisors'."""
        return self.owner_id == user.pk or (self.team_id is not None and user.is_supervisor)

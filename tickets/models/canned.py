"""Texts that agents write often, and what is to happen with them."""

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from organizations.models import Language
from plans.models import Priority
from tickets.choices import AfterReply, CannedScope, Category
from tickets.querysets.canned import CannedReplyQuerySet
from tickets.search.folding import LONGEST_PLACE

from .teams import Team

LONGEST_EXCERPT = 160


class CannedReply(models.Model):
    """A text in one or both languages. With any of the fields from `then` on it is a macro: sent,
    it also changes the ticket, in the reply's own event.

    The choices are not enforced by the database: what a macro names may be gone one day, and it
    stays readable.
    """

    Scope = CannedScope

    scope = models.CharField(_("who finds it"), max_length=6, choices=CannedScope.choices)
    # Nobody's when shared; of a team's, who made it.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    title = models.CharField(_("title"), max_length=120)
    category = models.CharField(
        _("category"), max_length=20, choices=Category.choices, blank=True, default=""
    )
    body_fa = models.TextField(_("Persian text"), blank=True, default="")
    body_en = models.TextField(_("English text"), blank=True, default="")
    then = models.CharField(max_length=10, choices=AfterReply.choices, blank=True, default="")
    priority = models.CharField(max_length=10, choices=Priority.choices, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    new_category = models.CharField(max_length=20, choices=Category.choices, blank=True, default="")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The tags that it adds.
    tag_ids = models.JSONField(default=list, db_default=Value([], models.JSONField()), blank=True)
    uses = models.PositiveIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    # By which the list is sorted, and what is searched: title and texts, as `squash` leaves them.
    title_key = models.BinaryField(max_length=LONGEST_PLACE, editable=False)
    searched = models.TextField(editable=False)
    version = models.PositiveIntegerField(default=1)
    form_key = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = CannedReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        indexes = [models.Index(fields=["scope", "title_key", "id"], name="canned_by_title")]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope=CannedScope.SHARED, owner=None, team=None)
                | Q(scope=CannedScope.TEAM, owner__isnull=False, team__isnull=False)
                | Q(scope=CannedScope.OWN, owner__isnull=False, team=None),
                name="canned_scope_names_whose",
            ),
            models.CheckConstraint(condition=~Q(body_fa="", body_en=""), name="canned_has_a_text"),
        ]

    def __str__(self):
        return self.title

    @property
    def is_shared(self):
        return self.scope == CannedScope.SHARED

    @property
    def is_macro(self):
        """Whether it does more than write."""
        return bool(
            self.then or self.priority or self.new_category or self.assignee_id or self.tag_ids
        )

    @property
    def excerpt(self):
        """The beginning of one of its texts."""
        return " ".join((self.body_fa or self.body_en)[:LONGEST_EXCERPT].split())

    def is_editable_by(self, user):
        """As `editable_by` of the queryset, for one that the person finds."""
        if self.scope != CannedScope.OWN and user.is_supervisor:
            return True
        return self.owner_id == user.pk

    def body_for(self, language):
        """The text for a reader of that language and the language that it is in; the other one
        where there is none in theirs."""
        bodies = {Language.FA: self.body_fa, Language.EN: self.body_en}
        if bodies.get(language):
            return bodies[language], language
        return next((body, each.value) for each, body in bodies.items() if body)

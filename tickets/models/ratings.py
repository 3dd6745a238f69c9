"""What customers say of a ticket once it is closed."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tickets.choices import Category
from tickets.querysets.ratings import RatingQuerySet

from .ticket import Ticket

WORST, BEST = 1, 5


class Rating(models.Model):
    """Whether it was solved, one to five, and some words: one a ticket, for staff to read.

    `agent` and `category` are those of the ticket when it was rated first: a rating counts for
    them in reports whatever becomes of the ticket.
    """

    ticket = models.OneToOneField(
        Ticket, models.PROTECT, related_name="rating", verbose_name=_("ticket")
    )
    # The latest author; any member who may write on the ticket may rate it.
    rated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("rated by")
    )
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agent"),
    )
    category = models.CharField(_("category"), max_length=10, choices=Category.choices)
    is_solved = models.BooleanField(_("solved"))
    score = models.PositiveSmallIntegerField(
        _("score"), validators=[MinValueValidator(WORST), MaxValueValidator(BEST)]
    )
    words = models.TextField(_("words"), blank=True, default="")
    rated_at = models.DateTimeField(_("rated"))
    changed_at = models.DateTimeField(_("last change"))
    # Counts the changes: a form made from an older one is refused instead of overwriting.
    version = models.PositiveSmallIntegerField(default=1)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["-rated_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=WORST, score__lte=BEST), name="rating_from_one_to_five"
            ),
            models.CheckConstraint(
                condition=Q(category__in=Category.values), name="rating_known_category"
            ),
            models.CheckConstraint(
                condition=Q(changed_at__gte=F("rated_at")), name="rating_changed_after_rated"
            ),
        ]
        indexes = [
            models.Index(fields=["-rated_at", "-id"], name="rating_latest"),
            models.Index(fields=["agent", "-rated_at", "-id"], name="rating_latest_of_agent"),
        ]

    def __str__(self):
        return f"{self.ticket_id}: {self.score}"

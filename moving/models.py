"""Which row of another system has become which row here."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SourceKind(models.TextChoices):
    """What was taken over. A membership is noted too, so that one that was ended here stays so."""

    ORGANIZATION = "organization", _("organization")
    PERSON = "person", _("person")
    MEMBERSHIP = "membership", _("membership")
    TICKET = "ticket", _("ticket")


class Source(models.Model):
    """A system that is imported from. Its row is held while a batch is written: two runs at once do
    one batch after the other."""

    name = models.CharField(_("name"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("imported system")
        verbose_name_plural = _("imported systems")

    def __str__(self):
        return self.name


class SourceId(models.Model):
    """The id that a row had there, and the key that it has here: nothing is imported twice."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="ids", db_index=False)
    kind = models.CharField(max_length=12, choices=SourceKind.choices)
    external_id = models.CharField(max_length=200)
    target_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "external_id"], name="source_id_once")
        ]

    def __str__(self):
        return f"{self.kind} {self.external_id}"

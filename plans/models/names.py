"""Names in both languages."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ui.names import clean_name, is_blank


class Named(models.Model):
    """A thing that people see under a Persian and an English name."""

    name_fa = models.CharField(_("Persian name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        for field in ("name_fa", "name_en"):
            typed = getattr(self, field)
            if typed and is_blank(typed):
                raise ValidationError({field: _("Enter a name.")})
            setattr(self, field, clean_name(typed))

    @property
    def name(self):
        """The name in the language of the reader."""
        return getattr(self, self.name_field())

    @staticmethod
    def name_field():
        """Which field that is."""
        return "name_fa" if get_language() == "fa" else "name_en"

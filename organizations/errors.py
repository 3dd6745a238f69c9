"""Refusals of the services, each with a sentence for the person who asked."""

from django.utils.translation import gettext as _


class OrganizationError(Exception):
    """A refusal that carries a translated sentence; `code` names it for tests and forms."""

    def __init__(self, sentence, code="refused"):
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


class StaleProfile(OrganizationError):
    """Something was changed from elsewhere meanwhile; `present` says what it is now, by field."""

    def __init__(self, present):
        super().__init__(_("This was changed in the meantime."), code="stale")
        self.present = present

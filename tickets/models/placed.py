"""Where a ticket stands among others by the names of its organization and its assignee."""

from django.db import models

from tickets.search.folding import LONGEST_PLACE, alphabetical, fold


def place_of(named):
    """The place of a person or an organization in alphabetical order; b"" for nobody, before all
    others."""
    return alphabetical(fold(str(named))) if named is not None else b""


class Placed(models.Model):
    """Kept on the row, so that a list by these names is a walk of an index of open tickets. While
    a ticket is closed they may be older than the names are."""

    organization_place = models.BinaryField(max_length=LONGEST_PLACE, default=b"", db_default=b"")
    assignee_place = models.BinaryField(max_length=LONGEST_PLACE, default=b"", db_default=b"")

    class Meta:
        abstract = True

    def take_names(self, *, of_organization):
        """Set the place among assignees, and where it may be missing that among organizations."""
        self.assignee_place = place_of(self.assignee)
        if of_organization:
            self.organization_place = place_of(self.organization)

"""Queries of notes on customers, and of their history."""

from django.db import models


class CustomerNoteQuerySet(models.QuerySet):
    def on_organization(self, organization):
        """The note on an organization, or None."""
        return self.filter(organization=organization).first()

    def on_person(self, person):
        """The note on a person, or None."""
        return self.filter(person=person).first()


class CustomerNoteChangeQuerySet(models.QuerySet):
    def of_note(self, note, before=None):
        """The latest first with their authors, from before the one of a key."""
        changes = self.select_related("changed_by").filter(note=note)
        return changes if before is None else changes.filter(pk__lt=before)

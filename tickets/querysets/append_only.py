"""Rows that are only added."""

from django.db import models


class AppendOnlyQuerySet(models.QuerySet):
    """Rows that nobody changes or deletes once they are written."""

    def update(self, **fields):
        raise TypeError(f"{self.model.__name__} rows are append-only")

    def delete(self):
        raise TypeError(f"{self.model.__name__} rows are append-only")

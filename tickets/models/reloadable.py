"""Rows with a protected status that can be read again in place."""

from django.db import models


class Reloadable(models.Model):
    """A row whose status only transitions assign, but which may be reloaded."""

    class Meta:
        abstract = True

    def refresh_from_db(self, using=None, fields=None, from_queryset=None):
        """Reload the row, its status too: only transitions assign that, but here it was stored."""
        if fields is None:
            deferred = self.get_deferred_fields()
            columns = [each.attname for each in self._meta.concrete_fields]
            fields = [name for name in columns if name not in deferred]
            self._forget_related()
        if "status" in fields:
            self.__dict__.pop("status", None)  # what is not there yet may be assigned
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)

    def _forget_related(self):
        self._prefetched_objects_cache = {}
        self.__dict__.pop("clock_list", None)
        for relation in self._meta.related_objects:
            if relation.is_cached(self):
                relation.delete_cached_value(self)

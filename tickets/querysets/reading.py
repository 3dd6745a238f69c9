"""How readers like their lists."""

from django.db import models


class ListPreferenceQuerySet(models.QuerySet):
    def query_of(self, user):
        """The address at which the person wants to find their list; empty without a choice."""
        return self.filter(user=user).values_list("query", flat=True).first() or ""

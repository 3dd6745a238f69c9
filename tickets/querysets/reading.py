"""How readers like their lists."""

from django.db import models


class ListPreferenceQuerySet(models.QuerySet):
    def queries_of(self, user):
        """The address at which the person wants to find their list, in one row or none."""
        return self.filter(user=user).values_list("query")

"""The scheduler of beat: the one of the database, holding what the code declares and no more."""

import logging

from django.db import Error
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

logger = logging.getLogger(__name__)


class DeclaredScheduler(DatabaseScheduler):
    """Removes entries that the code does not declare any more, which its base never does, and goes
    on with what it read last while the database is away, where its base ends beat."""

    def setup_schedule(self):
        declared = self.app.conf.beat_schedule
        PeriodicTask.objects.exclude(name__in=declared).delete()
        super().setup_schedule()

    def all_as_schedule(self):
        """What is to run by name. Raises the database's error where nothing was read yet."""
        try:
            return super().all_as_schedule()
        except Error as problem:
            if self._schedule is None:
                raise
            logger.warning("The schedule could not be read again: %s", problem)
            return self._schedule

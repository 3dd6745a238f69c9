"""The scheduler of beat: the one of the database, holding what the code declares and no more."""

from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler


class DeclaredScheduler(DatabaseScheduler):
    """Removes entries that the code does not declare any more, which its base never does."""

    def setup_schedule(self):
        declared = self.app.conf.beat_schedule
        PeriodicTask.objects.exclude(name__in=declared).delete()
        super().setup_schedule()

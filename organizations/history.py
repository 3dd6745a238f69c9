"""History of what an admin may want to look up, without the noise of every sign-in."""

from simple_history.models import HistoricalRecords


class ChangesOnly(HistoricalRecords):
    """Records no line for a save that touches only columns left out of the history."""

    def post_save(self, instance, created, using=None, update_fields=None, **kwargs):
        if update_fields and set(update_fields) <= set(self.excluded_fields):
            return
        super().post_save(instance, created, using=using, **kwargs)

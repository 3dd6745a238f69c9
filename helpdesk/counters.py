"""The cache that holds the counters of rate limits."""

from django.core.cache.backends.db import DatabaseCache
from django.db import OperationalError, connections, router

from .writable import takes_writes


class CounterCache(DatabaseCache):
    """Django's database cache, which forgets only what has expired, however much is in it.

    Otherwise whoever fills it washes away the counters of others. Each counter expires within an
    hour, so that its size is bounded by how much an hour's limits let in.
    """

    def _base_set(self, *args, **kwargs):
        """Keep a counter. Raises OperationalError where the database takes no writes: Django's own
        says no more than that it was not kept, and who signs in would read of too many tries."""
        is_kept = super()._base_set(*args, **kwargs)
        database = router.db_for_write(self.cache_model_class)
        if not is_kept and not takes_writes(connections[database]):
            raise OperationalError("The database takes no writes.")
        return is_kept

    def _cull(self, db, cursor, now, num):
        operations = connections[db].ops
        table, expires = map(operations.quote_name, (self._table, "expires"))
        cursor.execute(
            f"DELETE FROM {table} WHERE {expires} < %s",  # noqa: S608 - names of our own
            [operations.adapt_datetimefield_value(now)],
        )

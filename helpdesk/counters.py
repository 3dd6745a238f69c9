"""The cache that holds the counters of rate limits."""

from django.core.cache.backends.db import DatabaseCache
from django.db import connections


class CounterCache(DatabaseCache):
    """Django's database cache, which forgets only what has expired, however much is in it.

    Otherwise whoever fills it washes away the counters of others. Each counter expires within an
    hour, so that its size is bounded by how much an hour's limits let in.
    """

    def _cull(self, db, cursor, now, num):
        operations = connections[db].ops
        table, expires = map(operations.quote_name, (self._table, "expires"))
        cursor.execute(
            f"DELETE FROM {table} WHERE {expires} < %s",  # noqa: S608 - names of our own
            [operations.adapt_datetimefield_value(now)],
        )

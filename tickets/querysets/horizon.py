"""Up to which event the history of all tickets is complete.

Keys are taken in one order and committed in another: a reader who has seen event 8 may meet event 7
later, and one who asks for what is after 8 never does. So whoever inserts events first takes a
shared lock that holds the last key that was taken by then; a trigger does it (migration 0071), and
`rows` where it reserves keys. Every event of that transaction has a higher key.

The horizon is the last key that is taken, or less where such a lock is held. It is read in this
order: the last key, then the locks, then the events. Whatever is committed later has a higher key:

- where its lock was seen, because the horizon is no more than what that lock holds;
- where it was not held yet, because its keys are taken after it, so after the last key was read.

What ended before is seen by the statement that reads the events.
"""

from django.db import connection

# As migration 0071 has it.
KIND = 7363
_LAST_KEY = "SELECT last_value - (NOT is_called)::int FROM tickets_event_id_seq"
# The number of a lock is in two halves. What this transaction wrote itself, it sees.
_LOCKS = """
SELECT min((classid::bigint & 65535) << 32 | objid::bigint) FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = %s
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND pid <> pg_backend_pid()"""


def horizon(model):
    """The key of the last event of `model` up to which nothing will be added any more."""
    if connection.vendor != "postgresql":
        return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute(_LAST_KEY)
        last = cursor.fetchone()[0]
        cursor.execute(_LOCKS, [KIND])
        lowest = cursor.fetchone()[0]
    return last if lowest is None else min(last, lowest)

"""For races: one side goes on once the other waits for what it holds."""

import pytest
from django.db import connection


def wait_until_somebody_waits():
    """Until another connection to this database waits for a lock: it has looked before."""
    with connection.cursor() as cursor:
        for _attempt in range(2000):
            # A transaction sees the activity as it was at its first look.
            cursor.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(0.005)")
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone():
                return
    pytest.fail("nobody waits")

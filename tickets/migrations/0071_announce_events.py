"""What writes events says so before it takes their keys: see `tickets.querysets.horizon`."""

from django.db import migrations

from schema.operations import RunSQLOnPostgreSQL

# Locks of this kind belong to the feed: its number above, the last key of an event below.
ANNOUNCE = """
CREATE FUNCTION tickets_event_announce() RETURNS void LANGUAGE sql VOLATILE AS $$
    SELECT pg_advisory_xact_lock_shared((7363::bigint << 48) + last_value - (NOT is_called)::int)
    FROM tickets_event_id_seq
$$;
CREATE FUNCTION tickets_event_announce_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tickets_event_announce();
    RETURN NULL;
END
$$;
CREATE TRIGGER tickets_event_announced BEFORE INSERT ON tickets_event
    FOR EACH STATEMENT EXECUTE FUNCTION tickets_event_announce_insert();
"""
BE_SILENT = """
DROP TRIGGER tickets_event_announced ON tickets_event;
DROP FUNCTION tickets_event_announce_insert();
DROP FUNCTION tickets_event_announce();
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0070_alerts")]

    operations = [RunSQLOnPostgreSQL(ANNOUNCE, BE_SILENT)]

"""The rows by which a second run knows what the first has written."""

from django.db import connection

from moving.models import Source, SourceId
from tickets import rows

# A batch takes seconds; the people of a large system may take a minute.
LONGEST_WAIT = "10min"


def source_named(name, *, is_saved):
    """The source of that name; unsaved where nothing is to be written and there is none yet."""
    if is_saved:
        return Source.objects.get_or_create(name=name)[0]
    return Source.objects.filter(name=name).first() or Source(name=name)


def hold(source):
    """Let no other run of the source write until the transaction ends; wait for one that does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'")
            cursor.execute(f"SET LOCAL statement_timeout = '{LONGEST_WAIT}'")
    Source.objects.select_for_update().get(pk=source.pk)


def note(source, kind, pairs):
    """Note what became of the rows there: `pairs` of an id there and a key here."""
    noted = [
        SourceId(source=source, kind=kind, external_id=external, target_id=target)
        for external, target in pairs
    ]
    rows.insert(SourceId, noted)

"""Run in the shell of manage.py by scripts/upgrade_drill.py: what is wrong after the upgrade.

GIVEN is the path of the markers. Prints one line of JSON: what was found, by its name.
"""

import io
import json
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from notifications.models import Notification
from tickets.models import Message, Ticket

given = json.loads(Path(GIVEN).read_text())  # noqa: F821 - set by the drill


def counts_of(markers):
    """{marker: how many messages hold it}."""
    counted = dict.fromkeys(markers, 0)
    for body in Message.objects.filter(body__contains="drill-").values_list("body", flat=True):
        if (marker := body.split()[0]) in counted:
            counted[marker] += 1
    return counted


def names_of(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return sorted(name for (name,) in cursor.fetchall())


def refilled():
    printed = io.StringIO()
    call_command("refill_columns", stdout=printed)
    return int(printed.getvalue().split("corrected ")[1].split()[0])


acknowledged, refused = counts_of(given["acknowledged"]), counts_of(given["refused"])
ours = Notification.objects.filter(event__message__body__startswith="drill-")
opened = Ticket.objects.filter(title__startswith="drill-")
found = {
    "acknowledged": len(acknowledged),
    "lost": sorted(marker for marker, count in acknowledged.items() if not count),
    "twice": sorted(m for m, count in {**acknowledged, **refused}.items() if count > 1),
    "written though refused": sum(refused.values()),
    "opened": opened.count(),
    "without an event": opened.filter(events__isnull=True).count(),
    "without a clock though promised": opened.filter(
        due_at__isnull=False, clocks__isnull=True
    ).count(),
    "columns to correct": refilled(),
    "invalid indexes": names_of(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
    ),
    "constraints not validated": names_of(
        "SELECT conname FROM pg_constraint WHERE NOT convalidated"
    ),
    "notifications failed": ours.failed().count(),
    "notifications waiting": ours.pending().count(),
}
print("ROWS " + json.dumps(found))

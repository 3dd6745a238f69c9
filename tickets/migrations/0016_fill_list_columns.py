from django.db import migrations

ALPHABET = "ءابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
PLACES = {ord(letter): 0x0621 + place for place, letter in enumerate(ALPHABET)}
BATCH = 2000


def fill(apps, schema_editor):
    """Tickets that are there already, a batch at a time; may be run again."""
    ticket = apps.get_model("tickets", "Ticket")
    last = 0
    while rows := list(
        ticket.objects.filter(pk__gt=last)
        .order_by("pk")
        .only("title_folded", "last_public_message__is_from_staff")
        .select_related("last_public_message")[:BATCH]
    ):
        for row in rows:
            row.title_place = row.title_folded.translate(PLACES).encode()[:64]
            message = row.last_public_message
            row.support_spoke_last = message is not None and message.is_from_staff
        ticket.objects.bulk_update(rows, ["title_place", "support_spoke_last"])
        last = rows[-1].pk


class Migration(migrations.Migration):
    # Each batch is a transaction of its own: no row is held for long.
    atomic = False

    dependencies = [
        ("tickets", "0015_list_columns"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

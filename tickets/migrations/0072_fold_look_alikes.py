import re

from django.db import migrations

# What folding leaves out or replaces from now on, in texts that are folded already.
ALIKE = str.maketrans(
    {
        "\u06c3": "ه",
        "\u06ff": "ه",
        "ٱ": "ا",
        "ڪ": "ک",
        "ے": "ی",
        "ې": "ی",
        "ۍ": "ی",
        "ێ": "ی",
        "ۆ": "و",
        "ۇ": "و",
        "\u0674": None,
        **dict.fromkeys(map(chr, [*range(0xFE00, 0xFE10), 0x20E3])),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("‘’‛ʼ′", "'"),
        "٪": "%",
        "٫": ".",
    }
)
AFFECTED = f"[{''.join(map(chr, ALIKE))}]"
SEPARATORS = re.compile(r"(?<=[0-9])[,'](?=[0-9]{3})")
ALPHABET = "ءابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
PLACES = {ord(letter): 0x0621 + place for place, letter in enumerate(ALPHABET)}
BATCH = 500


def folded_again(folded):
    return SEPARATORS.sub("", folded.translate(ALIKE))


def batches(model, field):
    """Only rows that hold one of the letters; may be run again. Each batch is committed by itself."""
    last = 0
    while rows := list(
        model.objects.filter(pk__gt=last, **{f"{field}__regex": AFFECTED})
        .order_by("pk")
        .only(field)[:BATCH]
    ):
        for row in rows:
            setattr(row, field, folded_again(getattr(row, field)))
        yield rows
        last = rows[-1].pk


def fold_titles(apps, schema_editor):
    ticket = apps.get_model("tickets", "Ticket")
    for rows in batches(ticket, "title_folded"):
        for row in rows:
            row.title_place = row.title_folded.translate(PLACES).encode()[:64]
        ticket.objects.bulk_update(rows, ["title_folded", "title_place"], batch_size=100)


def fold_bodies(apps, schema_editor):
    message = apps.get_model("tickets", "Message")
    for rows in batches(message, "body_folded"):
        message.objects.bulk_update(rows, ["body_folded"], batch_size=100)


def fold_canned(apps, schema_editor):
    canned = apps.get_model("tickets", "CannedReply")
    for rows in batches(canned, "searched"):
        canned.objects.bulk_update(rows, ["searched"], batch_size=100)


def fold_tags(apps, schema_editor):
    """Two tags that are one from now on keep their keys: people merge them."""
    tag = apps.get_model("tickets", "Tag")
    for rows in batches(tag, "name_key"):
        for row in rows:
            if row.name_key and not tag.objects.filter(name_key=row.name_key).exists():
                row.save(update_fields=["name_key"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("tickets", "0071_announce_events"),
    ]

    operations = [
        migrations.RunPython(fold_titles, migrations.RunPython.noop),
        migrations.RunPython(fold_bodies, migrations.RunPython.noop),
        migrations.RunPython(fold_canned, migrations.RunPython.noop),
        migrations.RunPython(fold_tags, migrations.RunPython.noop),
    ]

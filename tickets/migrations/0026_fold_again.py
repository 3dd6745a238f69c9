import re
import unicodedata

from django.db import migrations

ALIKE = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ك": "ک",
        "ة": "ه",
        "\u06d5": "ه",
        "\u06c1": "ه",
        "\u06be": "ه",
        "\u0640": None,
        **{chr(0x0660 + digit): str(digit) for digit in range(10)},
        **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
    }
)
SEPARATORS = re.compile(r"(?<=[0-9])[,\u066c\u060c\u2019'](?=[0-9]{3})")
ALPHABET = "ءابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
PLACES = {ord(letter): 0x0621 + place for place, letter in enumerate(ALPHABET)}
BATCH = 1000


def fold(text):
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(
        char
        for char in decomposed
        if not unicodedata.combining(char) and unicodedata.category(char) != "Cf"
    )
    return " ".join(SEPARATORS.sub("", bare.translate(ALIKE).casefold()).split())


def fold_titles(apps, schema_editor):
    """Only rows whose fold has changed are written; may be run again."""
    ticket = apps.get_model("tickets", "Ticket")
    last = 0
    while rows := list(
        ticket.objects.filter(pk__gt=last).order_by("pk").only("title", "title_folded")[:BATCH]
    ):
        changed = []
        for row in rows:
            folded = fold(row.title)
            if folded[:400] != row.title_folded:
                row.title_folded = folded[:400]
                row.title_place = folded.translate(PLACES).encode()[:64]
                changed.append(row)
        ticket.objects.bulk_update(changed, ["title_folded", "title_place"], batch_size=100)
        last = rows[-1].pk


def fold_bodies(apps, schema_editor):
    message = apps.get_model("tickets", "Message")
    last = 0
    while rows := list(
        message.objects.filter(pk__gt=last).order_by("pk").only("body", "body_folded")[:BATCH]
    ):
        changed = []
        for row in rows:
            folded = fold(row.body)
            if folded != row.body_folded:
                row.body_folded = folded
                changed.append(row)
        message.objects.bulk_update(changed, ["body_folded"], batch_size=100)
        last = rows[-1].pk


class Migration(migrations.Migration):
    # Each batch is a transaction of its own: no row is held for long.
    atomic = False

    dependencies = [
        ("tickets", "0025_list_indexes"),
    ]

    operations = [
        migrations.RunPython(fold_titles, migrations.RunPython.noop),
        migrations.RunPython(fold_bodies, migrations.RunPython.noop),
    ]

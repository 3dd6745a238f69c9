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


def place_of(name):
    decomposed = unicodedata.normalize("NFKD", name)
    bare = "".join(
        char
        for char in decomposed
        if not unicodedata.combining(char) and unicodedata.category(char) != "Cf"
    )
    folded = " ".join(SEPARATORS.sub("", bare.translate(ALIKE).casefold()).split())
    return folded.translate(PLACES).encode()[:64]


def fill(apps, schema_editor):
    """Open tickets that are there already, a batch at a time; may be run again. Closed ones get
    their places when they are opened again."""
    opened = apps.get_model("tickets", "Ticket").objects.exclude(status="closed")
    for of in ("organization", "assignee"):
        model = opened.model._meta.get_field(of).related_model
        for key in opened.order_by(of).values_list(f"{of}_id", flat=True).distinct():
            if key is not None:
                named = model.objects.get(pk=key)
                place = place_of(named.name or getattr(named, "email", ""))
                fill_in_batches(opened.filter(**{of: key}), f"{of}_place", place)


def fill_in_batches(tickets, field, place):
    missing = tickets.exclude(**{field: place}).order_by("pk").values_list("pk", flat=True)
    while keys := list(missing[:BATCH]):
        tickets.model.objects.filter(pk__in=keys).update(**{field: place})


class Migration(migrations.Migration):
    # Each batch is a transaction of its own: no row is held for long.
    atomic = False

    dependencies = [
        ("tickets", "0062_places_by_name"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

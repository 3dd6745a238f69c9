"""Whoever is away now is absent from now on."""

from django.db import migrations
from django.db.models.functions import Now


def fill(apps, schema_editor):
    user = apps.get_model("organizations", "User")
    user.objects.filter(is_present=False, absent_since=None).update(absent_since=Now())


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0011_availability"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]

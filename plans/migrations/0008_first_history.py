"""Give plans and calendars that have no history a first line, so that changes have a "from"."""

from django.db import migrations
from django.db.models import Exists, OuterRef


def remember_what_stands(apps, schema_editor):
    for name in ("Plan", "Calendar"):
        model = apps.get_model("plans", name)
        history = apps.get_model("plans", f"Historical{name}")
        fields = [field.attname for field in model._meta.concrete_fields]
        remembered = history.objects.filter(id=OuterRef("pk"))
        for thing in model.objects.exclude(Exists(remembered)):
            version = thing.versions.order_by("number").first()
            if version is not None:
                history.objects.create(
                    **{field: getattr(thing, field) for field in fields},
                    history_date=version.created_at,
                    history_type="+",
                )


class Migration(migrations.Migration):
    dependencies = [("plans", "0007_amend_calendar_versions")]

    operations = [migrations.RunPython(remember_what_stands, migrations.RunPython.noop)]

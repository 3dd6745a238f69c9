from datetime import timedelta

from django.db import migrations
from django.db.models import Max, Min
from django.utils import timezone


def mark(apps, schema_editor):
    """Have every day counted on which a due fell; the periodic work does it within minutes."""
    Clock = apps.get_model("tickets", "Clock")
    StaleDay = apps.get_model("tickets", "StaleDay")
    span = Clock.objects.aggregate(first=Min("due_at"), last=Max("due_at"))
    if span["first"] is None:
        return
    zone = timezone.get_default_timezone()
    first, last = (timezone.localtime(span[name], zone).date() for name in ("first", "last"))
    days = range((last - first).days + 1)
    StaleDay.objects.bulk_create([StaleDay(day=first + timedelta(days=each)) for each in days])


class Migration(migrations.Migration):
    dependencies = [("tickets", "0013_index_dues_of_clocks")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]

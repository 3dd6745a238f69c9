from datetime import timedelta

from django.db import migrations
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

MOVES = ["raised", "plan"]


def fill(apps, schema_editor):
    """Give each clock the sum behind its due. What moved from "now" on was reckoned from there.

    The counted time of what was stopped before this is told in real time: only a calendar could
    tell it otherwise, and a migration knows none.
    """
    Clock = apps.get_model("tickets", "Clock")
    ClockChange = apps.get_model("tickets", "ClockChange")
    Message = apps.get_model("tickets", "Message")
    moved = (
        ClockChange.objects.filter(clock=OuterRef("pk"), reason__in=MOVES)
        .exclude(old_due_at=F("new_due_at"))
        .order_by("-pk")
        .values("at")[:1]
    )
    Clock.objects.update(
        reckoned_from=Coalesce(Subquery(moved), F("started_at")), reckoned_for=F("target")
    )
    Clock.objects.filter(stopped_at__isnull=True).update(counting_from=F("started_at"))
    stopped = Clock.objects.filter(stopped_at__isnull=False)
    stopped.filter(stopped_at__gt=F("started_at")).update(counted=F("stopped_at") - F("started_at"))
    stopped.filter(stopped_at__lte=F("started_at")).update(counted=timedelta(0))
    author = Message.objects.filter(pk=OuterRef("answer")).values("author")
    Clock.objects.filter(answer__isnull=False).update(agent=Subquery(author))
    Clock.objects.filter(answer__isnull=True, state="breached").update(
        agent=F("assignee_at_breach")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0004_let_clocks_pause"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

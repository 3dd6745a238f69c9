"""Store when the clocks of earlier releases counted, from the lines of their ledgers.

Each batch is a transaction of its own; a run that was cut off goes on with what is left. What the
previous release changes meanwhile is filled again by the worker of this one (`fill_stretches`).
The rules stand here as they were on the day of this migration.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import migrations, transaction
from django.db.models import F, Q

BATCH = 500
ENDS = {"paused", "met", "answered_late", "closed_late", "withdrawn"}
PARTS = {"raised", "plan"}
LACKING = (
    Q(sum_from__isnull=True)
    | Q(counting_from__isnull=True, stretch_from__isnull=False)
    | Q(counting_from__isnull=False, stretch_from__isnull=True)
    | Q(stretch_from__lt=F("counting_from"))
    | Q(stretch_from__lt=F("reckoned_from"))
    | Q(stretch_from__gt=F("counting_from")) & Q(stretch_from__gt=F("reckoned_from"))
)


@dataclass
class Stretch:
    started_at: datetime
    calendar: int | None
    ended_at: datetime | None = None
    because: str = ""


@dataclass
class Past:
    """A clock as it was after a line, and its stretches so far, the last one open or not."""

    started_at: datetime
    counting_from: datetime | None = None
    reckoned_from: datetime | None = None
    calendar: int | None = None
    sum_from: datetime | None = None
    rows: list[Stretch] = field(default_factory=list)

    @property
    def open(self):
        return self.rows[-1] if self.rows and self.rows[-1].ended_at is None else None

    @property
    def counts_from(self):
        return self.counting_from and max(self.counting_from, self.reckoned_from)

    def follow(self, line):
        moved = (line.old_due_at, line.old_remaining) != (line.new_due_at, line.new_remaining)
        self._take_back(line, moved)
        begins, last = self.counts_from, self.open
        if line.reason == "lowered" and moved:
            self._count_whole(line)
        elif last and last.started_at != begins:
            last.ended_at, last.because = max(line.at, last.started_at), line.reason
        elif last is None and line.reason in ENDS - {"paused"}:
            self._begin(Stretch(line.at, line.calendar_version_id, line.at, line.reason))
        if begins is not None:
            if self.open is None:
                self._begin(Stretch(begins, line.calendar_version_id))
            self.open.calendar = line.calendar_version_id
        if line.reason in PARTS and moved:
            self.sum_from = begins or line.at
        self.sum_from = self.sum_from or begins

    def _take_back(self, line, moved):
        """Lines of early releases do not tell where their sum begins."""
        starts = self.reckoned_from is None
        if line.reckoned_from is not None:
            self.reckoned_from = line.reckoned_from
        elif starts or line.reason == "lowered" or (line.reason in PARTS and moved):
            self.reckoned_from = line.at if line.reason in PARTS else self.started_at
        if starts:
            self.counting_from = self.started_at
        elif line.reason == "resumed":
            self.counting_from = max(line.at, self.started_at)
        elif line.reason in ENDS:
            self.counting_from = None

    def _begin(self, row):
        """A stretch takes the place of one that began at the same instant."""
        self.rows = [each for each in self.rows if each.started_at != row.started_at]
        self.rows.append(row)

    def _count_whole(self, line):
        """A lowering counts again what was counted before a raise: each run is one stretch."""
        whole = []
        for row in sorted(self.rows, key=lambda row: row.started_at):
            last = whole[-1] if whole else None
            if last and last.because in PARTS and row.started_at <= last.ended_at:
                last.ended_at, last.because, last.calendar = row.ended_at, row.because, row.calendar
            else:
                whole.append(row)
        self.rows, self.sum_from = whole, self.started_at


def stretches_of(clock, lines):
    """The stretches of a clock, and its two columns set."""
    past = Past(clock.started_at)
    for line in lines:
        past.follow(line)
    if clock.counting_from and lines and lines[-1].reckoned_from is None:
        clock.reckoned_from = past.reckoned_from
    clock.sum_from = past.sum_from or clock.started_at
    clock.stretch_from = clock.counting_from and max(clock.counting_from, clock.reckoned_from)
    found = past.open.started_at if past.open else None
    if past.rows and found == clock.stretch_from:
        return past.rows
    # The ledger does not tell enough: one stretch.
    clock.sum_from = clock.started_at
    if clock.stretch_from:
        return [Stretch(clock.stretch_from, clock.calendar_version_id)]
    ended_at = clock.paused_at or clock.stopped_at or clock.breached_at
    because = "paused" if clock.paused_at else "met"
    start = min(clock.reckoned_from, ended_at)
    return [Stretch(start, clock.calendar_version_id, ended_at, because)]


def fill(apps, schema_editor):
    Clock = apps.get_model("tickets", "Clock")
    last = 0
    while keys := list(
        Clock.objects.filter(LACKING, pk__gt=last)
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    ):
        with transaction.atomic(using=schema_editor.connection.alias):
            _fill(apps, keys)
        last = keys[-1]


def _fill(apps, keys):
    Clock = apps.get_model("tickets", "Clock")
    ClockChange = apps.get_model("tickets", "ClockChange")
    ClockStretch = apps.get_model("tickets", "ClockStretch")
    # Whoever changes a clock holds its ticket; waiting for these rows is enough here, since what
    # is changed afterwards no longer fits the columns and is filled again.
    clocks = list(Clock.objects.filter(pk__in=keys).select_for_update(no_key=True).order_by("pk"))
    lines = {}
    for line in ClockChange.objects.filter(clock__in=keys).order_by("pk"):
        lines.setdefault(line.clock_id, []).append(line)
    rows = [
        ClockStretch(
            clock=clock,
            started_at=row.started_at,
            ended_at=row.ended_at,
            calendar_version_id=row.calendar,
            ended_because=row.because,
        )
        for clock in clocks
        for row in stretches_of(clock, lines.get(clock.pk, []))
    ]
    ClockStretch.objects.filter(clock__in=keys).delete()
    ClockStretch.objects.bulk_create(rows)
    columns = ["sum_from", "stretch_from", "reckoned_from"]
    Clock.objects.bulk_update(clocks, columns, batch_size=100)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0032_index_missing_stretches")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]

"""Storing when clocks counted, and filling it in for clocks of which it is not stored."""

from plans.transactions import in_transaction
from tickets import rows
from tickets.clocks.stretches import joined, replayed
from tickets.models import Clock, ClockStretch, Ticket

BATCH = 200
# So many batches a run, so that the worker is free in between.
MOST_BATCHES = 100
FILLED = {"sum_from", "stretch_from", "reckoned_from"}


def write_stretches(recorders):
    """Insert the noted rows, or put them in the place of those of the same clock and start."""
    noted = [row for recorder in recorders for row in recorder.rows]
    parted = [clock for recorder in recorders for clock in recorder.parted]
    if parted:
        noted = _join(noted, parted)
    ClockStretch.objects.bulk_create(
        noted,
        update_conflicts=True,
        unique_fields=["clock", "started_at"],
        update_fields=["ended_at", "calendar_version", "ended_because"],
    )


def fill_stretches():
    """Store when clocks counted that an earlier release wrote, at most MOST_BATCHES batches.

    What somebody holds is left to the next run. Returns how many clocks were filled.
    """
    filled, last = 0, 0
    for _turn in range(MOST_BATCHES):
        lacking = Clock.objects.without_stretches().filter(pk__gt=last)
        found = list(lacking.values_list("pk", "ticket_id")[:BATCH])
        if not found:
            break
        filled += _fill({ticket for _pk, ticket in found}, [pk for pk, _ticket in found])
        last = found[-1][0]
    return filled


@in_transaction(durable=True)
def _fill(tickets, keys):
    free = Ticket.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=tickets)
    held = list(free.order_by("pk").values_list("pk", flat=True))
    lacking = Clock.objects.without_stretches().filter(pk__in=keys, ticket__in=held)
    clocks = list(lacking.with_terms().prefetch_related("changes"))
    found = [row for clock in clocks for row in replayed(clock, list(clock.changes.all()))]
    ClockStretch.objects.filter(clock__in=clocks).delete()
    ClockStretch.objects.bulk_create(found)
    rows.update_columns(Clock, clocks, FILLED)
    return len(clocks)


def _join(noted, parted):
    """The noted rows, and instead of those of `parted` clocks all that they have, joined."""
    keys = {clock.pk for clock in parted}
    found = {key: {} for key in keys}
    others = [row for row in noted if row.clock_id not in keys]
    stored = ClockStretch.objects.filter(clock__in=keys)
    for row in [*stored, *noted]:
        if row.clock_id in keys:
            found[row.clock_id][row.started_at] = row
    whole = [row for of_clock in found.values() for row in joined(of_clock.values())]
    stored.delete()
    for row in whole:
        row.pk = None
    return [*others, *whole]

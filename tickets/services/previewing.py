"""What an edit of a plan or a calendar would do to running clocks, before it is saved.

Up to MOST_AT_ONCE tickets are counted at once; more by a worker in batches (`run_previews`), for
the very edit that was sent.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter

from django.core import serializers
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.dateparse import parse_datetime, parse_duration
from django.utils.duration import duration_iso_string

from plans.transactions import in_transaction
from tickets.models import Clock, EditPreview, Ticket

from .attempts import attempted
from .changing import changes_of, response_kinds
from .recalculating import concerned, recount_of

# A request counts no more: an edit that moves them takes about a millisecond of each.
MOST_AT_ONCE = 100
BATCH = 500
# So many batches a run, so that the worker is free in between.
MOST_BATCHES = 60
SHOWN = 20
# After that nobody comes back to a preview.
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Move:
    """What would happen to one clock: its due or, in a pause, what is left, before and after."""

    ticket: Ticket
    kind: str
    before: datetime | timedelta | None
    after: datetime | timedelta | None
    effect: str  # earlier, later, overdue, started or withdrawn
    # Whether what is left is working time.
    is_working: bool = False


@dataclass
class RecalculationPreview:
    """What an edit would do to running clocks if all of them were recalculated."""

    tickets: int = 0
    counts: dict = field(
        default_factory=lambda: dict.fromkeys(
            ("earlier", "overdue", "later", "started", "withdrawn"), 0
        )
    )
    first: list = field(default_factory=list)
    # Running clocks that count by the earlier plan of an organization: no edit reaches them.
    unreached: int = 0

    @property
    def helping(self):
        """How many clocks the scope "where it helps the customer" would move or start."""
        return sum(self.counts[each] for each in ("earlier", "overdue", "started"))

    @property
    def all(self):
        return sum(self.counts.values())


def preview(*, plan=None, calendar=None, now):
    """What the latest version of a plan or of a calendar would do to the clocks that run; None
    where so many tickets are concerned that a worker has to count (`ask_for_preview`)."""
    # Sorted here: the database might walk all tickets in this order until it has so many.
    tickets = list(_concerned(plan, calendar).order_by()[: MOST_AT_ONCE + 1])
    if len(tickets) > MOST_AT_ONCE:
        return None
    tickets.sort(key=attrgetter("pk"))
    found = RecalculationPreview(unreached=_unreached(plan))
    _preview_batch(tickets, recount_of(plan, calendar, only_helping=False), found, now)
    return found


def _concerned(plan, calendar):
    return concerned(plan, calendar).select_related("organization__plan").order_by("pk")


def _unreached(plan):
    return Clock.objects.by_an_earlier_plan(plan).count() if plan is not None else 0


def _preview_batch(batch, recount, found, now):
    """Add to `found` what the edit would do to the tickets of the batch."""
    kinds = response_kinds(batch)
    for change in changes_of(batch, actor=None, now=now):
        ticket, ledger = change.ticket, change.clocks
        standing = {id(clock): _standing(clock) for clock in ledger.clocks if clock.is_running}
        recount(ledger, kinds[ticket.pk])
        moves = [
            move
            for clock in ledger.touched
            if (move := _move_of(ticket, clock, standing.get(id(clock)), now))
        ]
        found.tickets += bool(moves)
        for move in moves:
            found.counts[move.effect] += 1
        found.first += moves[: SHOWN - len(found.first)]


def _standing(clock):
    return clock.remaining if clock.is_paused else clock.due_at


def _move_of(ticket, clock, before, now):
    after = _standing(clock)
    if clock.state == Clock.State.WITHDRAWN:
        effect, after = "withdrawn", None
    elif before is None:
        effect = "started"
    elif after == before:
        return None
    elif isinstance(after, datetime) and after <= now:
        effect = "overdue"
    else:
        effect = "earlier" if after < before else "later"
    is_working = clock.calendar_version_id is not None
    return Move(ticket, str(clock.kind), before, after, effect, is_working)


# --- Counted by a worker --------------------------------------------------------------------------


@dataclass(frozen=True)
class SentEdit:
    """An edit that is not saved: the form as it was sent ([[name, value], …]), the version that
    it would make, and the number of the latest one."""

    fields: list
    version: object
    base: int


@in_transaction
def ask_for_preview(edit, *, plan=None, calendar=None, actor, now):
    """Have a worker count what an edit would do that concerns more than MOST_AT_ONCE tickets.

    The same edit sent again gets the same row; another edit of the person takes its place.
    """
    EditPreview.objects.filter(created_at__lt=now - KEPT).delete()
    own = EditPreview.objects.filter(plan=plan, calendar=calendar, created_by=actor)
    same = own.filter(fields=edit.fields, base=edit.base, problem="").first()
    if same is not None:
        return same
    own.filter(finished_at=None).delete()
    return EditPreview.objects.create(
        plan=plan,
        calendar=calendar,
        version=serializers.serialize("json", [edit.version]),
        base=edit.base,
        fields=edit.fields,
        created_by=actor,
        created_at=now,
        total=concerned(plan, calendar).count(),
    )


def sent_edit_of(row):
    """The edit that a preview was asked for."""
    [version] = serializers.deserialize("json", row.version)
    return SentEdit(fields=row.fields, version=version.object, base=row.base)


def result_of(row):
    """The preview that a worker has counted, as `preview` gives it."""
    tickets = Ticket.objects.select_related("organization").in_bulk(
        [move["ticket"] for move in row.first]
    )
    found = RecalculationPreview(tickets=row.tickets, unreached=row.unreached)
    found.counts |= row.counts
    found.first = [_as_move(move, tickets) for move in row.first if move["ticket"] in tickets]
    return found


def run_previews(now=None):
    """Count for the previews that are asked for, at most MOST_BATCHES batches.

    Returns how many tickets were looked at.
    """
    now = now or timezone.now()
    done, left = 0, MOST_BATCHES
    for row in EditPreview.objects.filter(finished_at=None).order_by("pk"):
        batch = partial(_next_batch, row.pk, now)
        while left and (looked_at := attempted(row, batch, now=now)):
            done, left = done + looked_at, left - 1
    return done


def latest_number(edited):
    """The number of the latest version of a plan or calendar; 0 without one."""
    return edited.versions.aggregate(latest=Max("number"))["latest"] or 0


def is_stale(row):
    """Whether a version was published since, so that the preview is of an edit of an older one."""
    return latest_number(row.edited) != row.base


@in_transaction(durable=True)
def _next_batch(pk, now):
    """Count the next batch. Returns how many tickets it has; none when all is done, or the row is
    another worker's or gone."""
    unfinished = EditPreview.objects.filter(pk=pk, finished_at=None)
    row = unfinished.select_for_update(skip_locked=True).first()
    if row is None:
        return 0
    tickets = list(_concerned(row.plan, row.calendar).filter(pk__gt=row.last_ticket)[:BATCH])
    if not tickets or is_stale(row):
        row.unreached, row.finished_at = _unreached(row.plan), now
        row.save(update_fields=["unreached", "finished_at"])
        return 0
    _count(row, tickets)
    row.save()
    return len(tickets)


def _count(row, tickets):
    found = RecalculationPreview(tickets=row.tickets)
    found.counts |= row.counts
    shown = len(row.first)
    with transaction.atomic():
        # As if the edit were saved: nothing of it stays.
        for version in serializers.deserialize("json", row.version):
            version.object.pk = None
            version.save(force_insert=True)
        recount = recount_of(row.plan, row.calendar, only_helping=False)
        _preview_batch(tickets, recount, found, row.created_at)
        transaction.set_rollback(True)
    row.tickets, row.counts = found.tickets, found.counts
    row.first += [_stored(move) for move in found.first[: SHOWN - shown]]
    row.last_ticket, row.looked_at = tickets[-1].pk, row.looked_at + len(tickets)
    row.attempts = 0


def _stored(move):
    """A move as it is kept: a remainder as a duration, a due as an instant."""
    return {
        "ticket": move.ticket.pk,
        "kind": move.kind,
        "effect": move.effect,
        "before": _as_text(move.before),
        "after": _as_text(move.after),
        "is_working": move.is_working,
    }


def _as_text(value):
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None else duration_iso_string(value)


def _as_move(stored, tickets):
    before, after = (_from_text(stored[name]) for name in ("before", "after"))
    facts = stored["kind"], before, after, stored["effect"], stored.get("is_working", False)
    return Move(tickets[stored["ticket"]], *facts)


def _from_text(text):
    if text is None:
        return None
    return parse_duration(text) if text[0] in "P-" else parse_datetime(text)

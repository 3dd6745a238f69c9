"""Recalculates running clocks after a plan or a calendar was edited or a closure declared.

What an edit would do is shown before it is saved (`previewing`); what was chosen is done by a
worker in batches (`run_recalculations`), which a kill only delays.
"""

from functools import cache, partial

from django.utils import timezone

from organizations.models import Membership, Role
from plans import services as plans
from plans.models import Priority
from plans.promises import current_calendar_version, current_promise, promise_of
from plans.transactions import in_transaction
from tickets import rows, signals
from tickets.models import ClockChange, Event, Recalculation, Ticket

from .attempts import attempted
from .catching_up import catch_up, do_jobs, is_promised
from .changing import changes_of, response_kinds, write
from .isolating import one_or_each

BATCH = 200
# So many batches a run, so that a large one leaves the worker free in between.
MOST_BATCHES = 100
Scope = Recalculation.Scope


def ask_for_recalculation(*, plan=None, calendar=None, scope, actor, now, **closure):
    """Have a worker recalculate within a minute; called in the transaction of the edit."""
    return Recalculation.objects.create(
        plan=plan, calendar=calendar, scope=scope, created_by=actor, created_at=now, **closure
    )


def follow_new_commitments(plan, version, *, actor, now):
    """Have a worker start the clocks of what a version of a plan promises and the one before did
    not, whatever is chosen for running clocks; they start at the edit."""
    before = plan.versions.filter(number__lt=version.number).order_by("-number").first()
    if before is not None and _adds_commitments(
        promise_of(before, None), promise_of(version, None)
    ):
        ask_for_recalculation(plan=plan, scope=Scope.STARTING, actor=actor, now=now)


def _adds_commitments(before, after):
    cells = [(before.cell(each), after.cell(each)) for each in Priority]
    return any(
        getattr(old, name) is None and getattr(new, name) is not None
        for old, new in cells
        for name in ("target", "resolution")
    )


def follow_closure(calendar, closure, *, actor, now):
    """Have a worker move the running clocks of a calendar that was closed, or opens early."""
    return ask_for_recalculation(
        calendar=calendar,
        scope=Scope.CLOSURE,
        actor=actor,
        now=now,
        reasons={"fa": closure.reason_fa, "en": closure.reason_en},
        closed_until=closure.reopens_at,
    )


def run_recalculations(now=None):
    """Go on with what is unfinished, at most MOST_BATCHES batches. Returns how many tickets moved.

    Doubled it does no harm: the row is locked, and a batch that another worker has is left to it.
    """
    moved = 0
    now = now or timezone.now()
    unfinished = list(Recalculation.objects.unfinished())
    for _turn in range(MOST_BATCHES):
        if not unfinished:
            break
        done = attempted(unfinished[0], partial(_next_batch, unfinished[0].pk, now), now=now)
        if done is None:
            unfinished.pop(0)
        else:
            moved += done
    return moved


@in_transaction
def _next_batch(pk, now):
    """Do the next batch of a recalculation; None when it is finished or another worker's."""
    unfinished = Recalculation.objects.unfinished().filter(pk=pk)
    held = unfinished.select_for_update(skip_locked=True, of=("self",))
    row = held.select_related("plan", "calendar", "created_by").first()
    if row is None:
        return None
    promise = current_promise(row.plan) if row.plan else None
    tickets = _concerned_by(row, promise).filter(pk__gt=row.last_ticket).order_by("pk")
    keys = list(tickets.values_list("pk", flat=True)[:BATCH])
    if not keys:
        _finish(row, now)
        return None
    recount = _recount_by(row, promise, now)
    moved, failed = one_or_each(keys, lambda some: _move_batch(row, some, recount, now))
    row.last_ticket, row.looked_at = keys[-1], row.looked_at + len(keys)
    row.moved, row.failed = row.moved + moved, row.failed + failed
    row.attempts = 0
    row.save(update_fields=["last_ticket", "looked_at", "moved", "failed", "attempts"])
    return moved


@in_transaction
def _move_batch(row, keys, recount, now):
    """Recalculate a batch in one transaction. Returns how many tickets moved."""
    held = Ticket.objects.select_for_update(no_key=True).open().filter(rows.AnyOf("pk", keys))
    tickets = list(held.with_shared_organizations().order_by("pk"))
    # What it starts itself is counted as its own.
    (do_jobs if row.scope == Scope.STARTING else catch_up)(tickets)
    kinds, moved = response_kinds(tickets), []
    for change in changes_of(tickets, actor=row.created_by, now=now):
        before = change.ticket.due_at
        recount(change.clocks, kinds[change.ticket.pk])
        if _moved(change.clocks):
            change.record_due(Event.Kind.CLOCKS_MOVED, before, because=_because(row))
            moved.append(change)
    write(moved)
    if row.scope == Scope.CLOSURE:
        _rememberconcerned(row, [change.ticket for change in moved])
    return len(moved)


def _moved(ledger):
    """Whether the recalculation did anything; what only fell is the scan's to find."""
    fallen = {ClockChange.Reason.DUE_SOON, ClockChange.Reason.BREACHED}
    return any(change.reason not in fallen for change in ledger.changes)


def _because(row):
    if row.scope == Scope.CLOSURE:
        return {"closure": row.reasons}
    return {"edited": "plan" if row.plan_id else "calendar"}


def concerned(plan, calendar):
    """The open tickets whose clocks an edit of the plan or the calendar may concern."""
    if calendar is not None:
        return Ticket.objects.counted_in(calendar)
    return Ticket.objects.counted_by(plan)


def _concerned_by(row, promise):
    """The tickets that a worker looks at: of an edited plan those with a clock or something that
    waits, and all of them only where the plan promises more than answers."""
    tickets = concerned(row.plan, row.calendar)
    if promise is not None and not promise.has_resolutions:
        tickets = tickets.with_response_to_count()
    return tickets


def _recount_by(row, promise, now):
    if row.scope == Scope.CLOSURE:
        return _recount_in_closure(row, now)
    if row.scope == Scope.STARTING:
        return _start_of(row, promise)
    only_helping = row.scope == Scope.HELPING
    return recount_of(row.plan, row.calendar, promise=promise, only_helping=only_helping)


def recount_of(plan, calendar, *, only_helping, promise=None):
    """Recalculates the clocks of one ticket after an edit of the plan or the calendar.

    `promise` is the current one of the plan; without it, it is read.
    """
    if calendar is not None:
        latest = current_calendar_version(calendar)

        def version_of(own):
            return latest if own and own.calendar_id == calendar.pk else None

        def recount(ledger, _kind):
            ledger.move_into(
                version_of, reason=ClockChange.Reason.RECALCULATED, only_helping=only_helping
            )

    else:
        promise = promise or current_promise(plan)

        def recount(ledger, kind):
            if is_promised(plan.pk, ledger.ticket):
                ledger.recalculate(promise, kind=kind, only_helping=only_helping)

    return recount


def _start_of(row, promise):
    """What starts the clocks of new commitments, as of the edit."""

    def recount(ledger, kind):
        if is_promised(row.plan_id, ledger.ticket):
            ledger.start_owed(promise, kind=kind, at=row.created_at)

    return recount


def _recount_in_closure(row, now):
    """Each clock moves into its own version of the calendar with the closures put in: what else
    was edited since, for new clocks only, stays away from it."""
    amended = cache(partial(plans.amended_version, now=now))

    def version_of(own):
        return amended(own) if own and own.calendar_id == row.calendar_id else None

    def recount(ledger, _kind):
        ledger.move_into(version_of, reason=ClockChange.Reason.CLOSURE)

    return recount


def _rememberconcerned(row, tickets):
    """Whoever asked for a ticket that moved, and who answers for its organization."""
    people = {ticket.requester_id for ticket in tickets}
    members = Membership.objects.filter(
        organization__in={ticket.organization_id for ticket in tickets},
        role__in=[Role.OWNER, Role.MANAGER],
    )
    row.concerned.add(*people | set(members.values_list("user", flat=True)))


def _finish(row, now):
    row.finished_at = now
    row.save(update_fields=["finished_at"])
    signals.recalculation_finished.send(sender=Recalculation, recalculation=row, now=now)

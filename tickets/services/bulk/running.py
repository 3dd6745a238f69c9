"""Going through the tickets of a run: each alone, in a transaction with its result.

A killed process loses the ticket that it was at, whose transaction is gone as a whole; the next one
goes on there. A doubled one finds the line of the ticket held, or done.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from plans.transactions import in_transaction
from tickets.choices import BulkOutcome
from tickets.errors import TicketError
from tickets.models import BulkItem, BulkRun
from tickets.services.isolating import BAD_TICKET

from .acting import act_on

logger = logging.getLogger(__name__)

# So many tickets of a run, then those of the next one: a long run does not hold up a short one.
TURN = 50
# So many tickets a call, so that the worker is free in between.
MOST_AT_A_TIME = 200
# A process that was killed is believed dead after that.
CLAIM = timedelta(minutes=1)
# A ticket that failed so often is skipped.
MOST_ATTEMPTS = 3
KEPT = timedelta(days=90)


@dataclass
class _Progress:
    """How far a call has come with a run: tickets that fail are tried once a call."""

    run_id: int
    place: int = 0


def run_bulk(now=None):
    """Go on with what is unfinished, run by run in turns, at most MOST_AT_A_TIME tickets.

    Returns how many tickets were looked at.
    """
    left = MOST_AT_A_TIME
    turns = [_Progress(pk) for pk in BulkRun.objects.unfinished().values_list("pk", flat=True)]
    while turns and left > 0:
        turn = turns.pop(0)
        looked_at = _take_turn(turn, now)
        left -= looked_at
        if looked_at:
            turns.append(turn)
    return MOST_AT_A_TIME - left


def do_now(run, now=None):
    """Do all tickets of a small run while its starter waits; what another process or somebody else
    holds is left to the worker. Returns the run as it is then."""
    progress = _Progress(run.pk)
    while _take_turn(progress, now, is_waited_for=True):
        pass
    return BulkRun.objects.get(pk=run.pk)


def _take_turn(progress, now, *, is_waited_for=False):
    """Do the next tickets of a run. Returns how many were looked at; none when it is through, or
    another process is at it."""
    if not _claim(progress.run_id, now):
        return 0
    looked_at = 0
    items = BulkItem.objects.filter(run=progress.run_id).waiting_after(progress.place)
    try:
        for key, place in list(items.values_list("pk", "place")[:TURN]):
            progress.place = place
            outcome = _attempt(key, now)
            if outcome is None and is_waited_for:
                return 0
            if outcome == _STOPPED:
                break
            looked_at += 1
    finally:
        _give_back(progress.run_id, now)
    return looked_at


@in_transaction
def _claim(pk, now=None):
    now = now or timezone.now()
    free = BulkRun.objects.unfinished().unclaimed(now).filter(pk=pk)
    return free.update(claimed_until=now + CLAIM)


@in_transaction
def _give_back(pk, now=None):
    """Let another process go on, or finish the run where nothing is left to do."""
    run = BulkRun.objects.select_for_update(no_key=True).get(pk=pk)
    run.claimed_until = None
    if run.stopped_at or not run.items.waiting().exists():
        run.finished_at, run.counts = now or timezone.now(), run.items.counts()
    run.save(update_fields=["claimed_until", "finished_at", "counts"])


_STOPPED = "stopped"


def _attempt(key, now):
    """Do one ticket. Returns its outcome, None where it could not be done; such a ticket is tried
    again by a later call, and after MOST_ATTEMPTS skipped."""
    outcome = None
    try:
        outcome = _do(key, now)
    except BAD_TICKET:
        logger.exception("A ticket of a bulk run failed")
    finally:
        if outcome is None:
            _count_failure(key)
    return outcome


@in_transaction(durable=True)
def _do(key, now):
    """The ticket and its result in one transaction; the line of the ticket is locked first."""
    held = BulkItem.objects.waiting().select_for_update(of=("self",), no_key=True, skip_locked=True)
    item = held.select_related("run__created_by").filter(pk=key).first()
    if item is None:
        return BulkOutcome.WAITING
    if item.run.stopped_at:
        return _STOPPED
    try:
        is_changed = act_on(item, now=now)
        item.outcome = BulkOutcome.DONE if is_changed else BulkOutcome.UNCHANGED
    except TicketError as refused:
        item.outcome, item.code = BulkOutcome.SKIPPED, refused.code
    item.save(update_fields=["outcome", "code"])
    return item.outcome


@in_transaction
def _count_failure(key):
    item = BulkItem.objects.waiting().select_for_update(no_key=True).filter(pk=key).first()
    if item is None:
        return
    item.attempts += 1
    if item.attempts >= MOST_ATTEMPTS:
        item.outcome, item.code = BulkOutcome.SKIPPED, "failed"
    item.save(update_fields=["attempts", "outcome", "code"])


@in_transaction
def forget_runs(now=None):
    """Remove finished runs older than KEPT; histories of tickets keep what they did."""
    at = (now or timezone.now()) - KEPT
    return BulkRun.objects.filter(finished_at__lt=at).delete()[0]

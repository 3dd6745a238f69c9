"""The worker's part of an admin's change that concerns many tickets: batch by batch, resumable.

Each batch is a short transaction of its own over tickets that nobody else holds; what somebody
holds is kept for later. A killed worker loses its batch at most, a doubled one finds the job held.
"""

from functools import partial

from django.utils import timezone

from plans.transactions import in_transaction
from tickets.models import Ticket, TicketJob

from .attempts import attempted
from .catching_up import apply
from .isolating import one_or_each

BATCH = 200
# So many batches a run, so that a large job leaves the worker free in between.
MOST_BATCHES = 100


def run_jobs(now=None):
    """Go on with what is unfinished, the earliest first, at most MOST_BATCHES batches.

    Returns how many tickets were looked at.
    """
    now = now or timezone.now()
    done, left = 0, MOST_BATCHES
    for job in list(TicketJob.objects.unfinished()):
        batch = partial(_next_batch, job.pk, now)
        while left and (looked_at := attempted(job, batch, now=now)):
            done, left = done + looked_at, left - 1
    return done


@in_transaction(durable=True)
def _next_batch(pk, now):
    """Do the next batch of a job. Returns how many tickets it looked at; none when the job is
    finished or another worker's, waits for an earlier one, or all that is left is held."""
    unfinished = TicketJob.objects.unfinished().filter(pk=pk)
    held = unfinished.select_for_update(skip_locked=True, no_key=True, of=("self",))
    job = held.select_related("organization", "agent").first()
    if job is None or TicketJob.objects.unfinished().before(job).exists():
        return 0
    keys = _next_keys(job)
    if not keys and not job.skipped:
        _finish(job, now)
        return 0
    free = _hold(job, keys or job.skipped[:BATCH])
    moved, failed = one_or_each(free, lambda some: _apply(job, some))
    looked_at = _keep_place(job, keys, free)
    job.moved, job.failed = job.moved + moved, job.failed + failed
    job.attempts = 0
    job.save(update_fields=["last_ticket", "skipped", "looked_at", "moved", "failed", "attempts"])
    return looked_at


def _next_keys(job):
    """The next tickets in order; none once the job has been through, or has no object any more."""
    if job.is_void:
        job.skipped = []
        return []
    after = Ticket.objects.concerned_by(job).filter(pk__gt=job.last_ticket)
    return list(after.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _hold(job, keys):
    """Lock those of the tickets that nobody holds, still concern the job, and were not handled."""
    free = Ticket.objects.concerned_by(job).filter(pk__in=keys).order_by("pk")
    held = free.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)
    held = list(held)
    handled = set(job.handled.filter(pk__in=held).values_list("pk", flat=True))
    return [pk for pk in held if pk not in handled]


@in_transaction
def _apply(job, keys):
    return apply(job, list(Ticket.objects.filter(pk__in=keys).order_by("pk")))


def _keep_place(job, keys, free):
    """Remember how far the job is and what was held. Returns how many tickets are done with."""
    tried = keys or job.skipped[:BATCH]
    open_still = Ticket.objects.concerned_by(job).filter(pk__in=set(tried) - set(free))
    handled = job.handled.filter(pk__in=tried).values("pk")
    held = list(open_still.exclude(pk__in=handled).order_by("pk").values_list("pk", flat=True))
    if keys:
        job.last_ticket, job.skipped = keys[-1], job.skipped + held
    else:
        job.skipped = job.skipped[len(tried) :] + held
    job.looked_at += len(tried) - len(held)
    return len(tried) - len(held) if not keys else len(tried)


def _finish(job, now):
    job.finished_at = now
    job.save(update_fields=["finished_at", "skipped"])
    job.handled.clear()

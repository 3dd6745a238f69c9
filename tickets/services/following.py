"""What happens to tickets when something happens to their organization or their people.

Up to AT_ONCE open tickets follow in the transaction of the change; more are left to a worker, so
that neither the admin nor the organization's own people wait for them. See `jobs`.
"""

from django.db.models import Max

from plans.promises import current_promise
from plans.transactions import in_transaction
from tickets.models import Ticket, TicketJob

from .catching_up import apply

AT_ONCE = 200
Kind = TicketJob.Kind


def follow_plan_change(organization, *, actor, now):
    """Move the running clocks of an organization that changed plan: as a raise, never later.

    Where nothing was promised and the new plan does promise, a clock starts at the change. Returns
    the job where a worker does it.
    """
    if organization.is_suspended:
        return None
    return _follow(Kind.PLAN_CHANGED, organization=organization, actor=actor, now=now)


def follow_suspension(organization, *, actor, now):
    """A suspended organization is promised nothing: its running clocks are withdrawn."""
    return _follow(Kind.SUSPENDED, organization=organization, actor=actor, now=now)


def follow_end_of_suspension(organization, *, actor, now):
    """What the plan promises is promised again from now on."""
    return _follow(Kind.UNSUSPENDED, organization=organization, actor=actor, now=now)


def clear_agent(agent, *, actor, now):
    """Take a deactivated agent off every open ticket, with an event each."""
    return _follow(Kind.AGENT_CLEARED, agent=agent, actor=actor, now=now)


@in_transaction
def _follow(kind, *, actor, now, **whose):
    """Called in the transaction of the change, which holds the organization or the person."""
    job = TicketJob(kind=kind, created_by=actor, created_at=now, **whose)
    concerned = Ticket.objects.concerned_by(job)
    job.total = concerned.count()
    if not job.total:
        return None
    if kind in {Kind.PLAN_CHANGED, Kind.UNSUSPENDED}:
        promise = current_promise(job.organization.plan_id)
        job.plan_version, job.calendar_version = promise.plan_version, promise.calendar_version
    if job.total <= AT_ONCE and not TicketJob.objects.unfinished().before(job).exists():
        held = Ticket.objects.concerned_by(job).order_by("pk").select_for_update(no_key=True)
        apply(job, list(held))
        return None
    # What is opened from now on knows of the change.
    job.last_concerned = concerned.aggregate(last=Max("pk"))["last"]
    job.save(force_insert=True)
    return job

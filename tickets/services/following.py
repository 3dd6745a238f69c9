"""What happens to tickets when something happens to their organization or their people.

Up to AT_ONCE open tickets follow in the transaction of the change; more are left to a worker, so
that neither the admin nor the organization's own people wait for them. See `jobs`.
"""

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from organizations.models import User
from plans.promises import current_promise
from plans.transactions import in_transaction
from tickets.errors import StaleTicket, TicketError
from tickets.models import Ticket, TicketJob

from . import base
from .catching_up import apply

AT_ONCE = 200
REASSIGNED_AT_ONCE = 20
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


def follow_new_name(*, now, actor, **whose):
    """The open tickets of an organization or an agent that is called otherwise now are sorted by
    the new name; nothing else happens to them."""
    return _follow(Kind.RENAMED, actor=actor, now=now, **whose)


@in_transaction
def reassign_all(agent, *, actor, to=None, seen=None, now=None):
    """Hand every open ticket of an absent agent to `to`, or to the team of each. By supervisors;
    `seen` is the mark of `TicketQuerySet.marked_of` that the preview showed.

    Returns the job where a worker does it, which is for more than REASSIGNED_AT_ONCE. Pressed
    twice, they are handed over once.
    """
    base.allow(actor.is_supervisor)
    held = User.objects.agents().select_for_update(no_key=True)
    held = held.filter(pk__in={agent.pk} | ({to.pk} if to else set())).order_by("pk")
    people = {person.pk: person for person in held}
    agent = people.get(agent.pk)
    if agent is None or agent.is_available:
        raise TicketError(_("This agent is on duty again."), code="moved")
    if to is not None and people.get(to.pk) in {None, agent}:
        raise TicketError(_("Choose an active agent."), code="to")
    if (job := _begun(agent, to=to, actor=actor)) is not None:
        return job
    left = Ticket.objects.open().assigned_to(agent)
    # Where nothing is left, the other of two presses has handed it over.
    if seen is not None and left.exists() and seen != Ticket.objects.marked_of(agent):
        raise StaleTicket(
            _("The tickets of this agent have changed in the meantime. Check them, then confirm.")
        )
    return _follow(Kind.REASSIGNED, agent=agent, to=to, actor=actor, now=now or timezone.now())


def _begun(agent, *, to, actor):
    """The job that the same press began and that is not finished, or None."""
    jobs = TicketJob.objects.reassigning(agent).filter(finished_at__isnull=True)
    return jobs.filter(to=to, created_by=actor).first()


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
    at_once = REASSIGNED_AT_ONCE if kind == Kind.REASSIGNED else AT_ONCE
    if job.total <= at_once and not TicketJob.objects.unfinished().before(job).exists():
        held = Ticket.objects.concerned_by(job).order_by("pk").select_for_update(no_key=True)
        apply(job, list(held))
        return None
    # What is opened from now on knows of the change.
    job.last_concerned = concerned.aggregate(last=Max("pk"))["last"]
    job.save(force_insert=True)
    return job

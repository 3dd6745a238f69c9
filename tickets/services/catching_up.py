"""What an admin's change of an organization, an agent or a plan does to a locked ticket.

Where many tickets are concerned a worker does it after the change (`jobs`); whoever writes to one
of them meanwhile does it first (`catch_up`). So each ticket takes part in the change at the
instant of the change, whoever comes to it, and exactly once.
"""

from django.db.models import prefetch_related_objects

from plans.promises import current_promise, promise_of
from tickets.models import Event, Recalculation, Team, Ticket, TicketJob, place_of
from tickets.rows import update_columns

from .changing import changes_of, give_to, response_kinds, write
from .routing import route_home


def catch_up(tickets):
    """Do to the locked tickets what unfinished jobs still have to do to them, the earliest first,
    and start the clocks that edits of plans have promised them meanwhile."""
    do_jobs(tickets)
    for edit in Recalculation.objects.starting():
        own = [each for each in tickets if edit.last_ticket < each.pk and not each.is_closed]
        if own := [each for each in own if is_promised(edit.plan_id, each)]:
            _start_promised(edit, own)


def do_jobs(tickets):
    """Do what unfinished jobs still have to do to the locked tickets.

    That they were done is kept with the job, for its worker passes them over then.
    """
    for job in TicketJob.objects.unfinished().concerning(tickets):
        own = {ticket.pk: ticket for ticket in tickets if job.concerns(ticket)}
        for pk in job.handled.filter(pk__in=own).values_list("pk", flat=True):
            del own[pk]
        if own:
            apply(job, list(own.values()))
            job.handled.add(*own)


def apply(job, tickets):
    """Do to the locked tickets what the job asks for, as at its instant; closed ones have
    nothing left to change. Returns how many changed."""
    tickets = [ticket for ticket in tickets if not ticket.is_closed]
    if job.kind == TicketJob.Kind.RENAMED:
        return _take_name(job, tickets)
    of_kind = _clear_agent if job.agent_id else _move_clocks
    if job.kind == TicketJob.Kind.REASSIGNED:
        of_kind = _reassign
    changes = of_kind(job, tickets)
    write(changes)
    return len(changes)


def _take_name(job, tickets):
    """Let the tickets be sorted by the name as it is now: no change of theirs, and no event."""
    own = {"assignee": job.agent} if job.agent_id else {"organization": job.organization}
    for ticket in tickets:
        for name, named in own.items():
            setattr(ticket, f"{name}_place", place_of(named))
    update_columns(Ticket, tickets, {f"{name}_place" for name in own})
    return len(tickets)


def _clear_agent(job, tickets):
    """Take a deactivated agent off the tickets."""
    changes = changes_of(tickets, actor=job.created_by, now=job.created_at)
    for change in changes:
        give_to(change.ticket, None)
        change.record(Event.Kind.ASSIGNED)
    return changes


def _reassign(job, tickets):
    """Hand the tickets of an absent agent to somebody, else to the team of each."""
    changes = changes_of(tickets, actor=job.created_by, now=job.created_at)
    teams = {}
    if not job.to_id:
        teams = Team.objects.by_category()
        prefetch_related_objects(tickets, "team")
    for change in changes:
        give_to(change.ticket, job.to)
        facts = {} if job.to_id else route_home(change.ticket, teams)
        change.record(Event.Kind.ASSIGNED, is_absence=True, **facts)
    return changes


def _move_clocks(job, tickets):
    """Withdraw what is promised no more, or move it as a raise, never later; where nothing was
    promised and now is, a clock starts. What it leaves as it was gets no event."""
    promise, kinds = _promise(job), response_kinds(tickets)
    moved = []
    for change in changes_of(tickets, actor=job.created_by, now=job.created_at):
        ticket, before = change.ticket, change.ticket.due_at
        ticket.organization = job.organization
        if promise is None:
            change.clocks.withdraw_all()
        else:
            change.clocks.change_plan(promise, kind=kinds[ticket.pk])
        change.clocks.follow_status()
        if change.clocks.touched:
            change.record_due(Event.Kind.PLAN_CHANGED, before)
            moved.append(change)
    return moved


def _start_promised(edit, tickets):
    """Start at the edit what a plan newly promises to the tickets: the promise does not hang on
    who comes first, the worker or whoever answers or closes."""
    promise, kinds, started = current_promise(edit.plan), response_kinds(tickets), []
    for change in changes_of(tickets, actor=edit.created_by, now=edit.created_at):
        before, count = change.ticket.due_at, len(change.clocks.clocks)
        change.clocks.start_owed(promise, kind=kinds[change.ticket.pk], at=edit.created_at)
        if len(change.clocks.clocks) > count:
            change.record_due(Event.Kind.CLOCKS_MOVED, before, because={"edited": "plan"})
            started.append(change)
    write(started)


def is_promised(plan_id, ticket):
    """Moved to another plan, or suspended, meanwhile: then an edit is not its concern."""
    return ticket.organization.plan_id == plan_id and not ticket.organization.is_suspended


def _promise(job):
    """What the organization is promised from the change on; None for nothing."""
    if job.plan_version is None:
        return None
    return promise_of(job.plan_version, job.calendar_version)

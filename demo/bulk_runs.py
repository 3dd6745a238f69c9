"""A bulk run that is finished: a supervisor handed some tickets on, and one was closed already."""

from tickets import events, services
from tickets.choices import BulkAction, BulkOutcome, Status
from tickets.errors import TicketError
from tickets.models import Event, Ticket


def write(people, *, now):
    """Hand on tickets that wait for their customers, after all that the stories tell."""
    supervisor, to = people["leila"], people["amir"]
    at = now - (now - Event.objects.latest("pk").created_at) / 6
    of_agent = Ticket.objects.assigned_to(people["maryam"]).order_by("pk")
    waiting = of_agent.filter(status=Status.AWAITING_CUSTOMER)[:3]
    chosen = [*waiting, *Ticket.objects.closed().order_by("-pk")[:1]]
    run = services.start_bulk(
        Ticket.objects.visible_to(supervisor).in_queue_order(),
        services.BulkChange(BulkAction.ASSIGN, assignee_id=to.pk),
        services.Selection(tuple(ticket.pk for ticket in chosen)),
        actor=supervisor,
        now=at,
    )
    for item in run.items.select_related("ticket"):
        _do(item, supervisor, to, at)
    run.finished_at, run.counts = at, run.items.counts()
    run.save(update_fields=["finished_at", "counts"])


def _do(item, supervisor, to, at):
    """As the worker does, which would want a transaction of its own for each ticket."""
    try:
        with events.of_bulk_run(item.run_id):
            services.assign(item.ticket, actor=supervisor, to=to, now=at)
        item.outcome = BulkOutcome.DONE
    except TicketError as refused:
        item.outcome, item.code = BulkOutcome.SKIPPED, refused.code
    item.save(update_fields=["outcome", "code"])

"""One action on many tickets: started, looked at, and stopped."""

from django.http import Http404
from ninja import Query, Status
from pydantic import Field

from api.scopes import Scope
from tickets import services
from tickets.choices import BulkOutcome
from tickets.models import BulkItem, BulkRun, Ticket
from tickets.search.ticket_numbers import typed_number
from tickets.workspace.bulk.words import reason_of
from ui.keys import LARGEST_KEY

from . import inputs, outputs, showing
from .operations import Endpoints, field_problem, form_key, staff_only, unknown_number
from .paging import Paged, page_of

router = Endpoints(tags=["bulk"])


@router.post_to(
    "/bulk-runs",
    {201: outputs.BulkRun},
    scope=Scope.TICKETS_WRITE,
    operation_id="start_bulk_run",
    summary="Do one thing to many tickets",
)
def start(request, body: inputs.Bulk):
    """A few tickets are done at once; of more the answer says that they wait, and a worker does
    them. On each the owner of the key may do what they may do alone."""
    staff_only(request)
    selection = services.Selection(_numbers(body.numbers))
    change = services.BulkChange(
        body.action,
        assignee_id=body.assignee,
        priority=body.priority,
        reason=body.reason,
        category=body.category,
        add=tuple(dict.fromkeys(body.add)),
        remove=tuple(dict.fromkeys(body.remove)),
        macro_id=body.macro,
    )
    tickets = Ticket.objects.visible_to(request.user).in_queue_order()
    run = services.start_bulk(
        tickets, change, selection, actor=request.user, form_key=form_key(request)
    )
    if run.total <= services.AT_ONCE and not run.is_finished:
        run = services.do_now(run)
    return Status(201, _run(run))


def _numbers(texts):
    """The keys of the tickets. Raises Problem 422 for what is no number of a ticket."""
    found = [typed_number(each) for each in texts]
    if None in found:
        raise field_problem(f"numbers/{found.index(None)}", "number", unknown_number())
    return tuple(dict.fromkeys(found))


@router.get_of(
    "/bulk-runs",
    outputs.BulkRuns,
    scope=Scope.TICKETS_READ,
    operation_id="list_bulk_runs",
    summary="List bulk runs, the latest first",
)
def runs(request, query: Query[Paged]):
    """Of agents their own, of supervisors everybody's."""
    staff_only(request)
    rows = BulkRun.objects.visible_to(request.user).with_starters()
    found, following = page_of(rows, query, order=["-id"])
    return {"items": [_run(each) for each in found], "next": following}


@router.get_of(
    "/bulk-runs/{run_id}",
    outputs.BulkRun,
    scope=Scope.TICKETS_READ,
    operation_id="read_bulk_run",
    summary="See how far a bulk run is",
)
def run(request, run_id: int):
    return _run(_run_or_404(request, run_id))


class LineQuery(Paged):
    """Which tickets of a run."""

    show: str = Field("", pattern="^(skipped)?$", description="`skipped` for these alone.")


@router.get_of(
    "/bulk-runs/{run_id}/tickets",
    outputs.BulkLines,
    scope=Scope.TICKETS_READ,
    operation_id="list_bulk_lines",
    summary="Read what became of each ticket of a bulk run",
)
def lines(request, run_id: int, query: Query[LineQuery]):
    run = _run_or_404(request, run_id)
    rows = BulkItem.objects.of_run(run)
    rows = rows.skipped() if query.show else rows
    found, following = page_of(rows.with_tickets(), query, order=["place"])
    return {"items": [_line(each, run) for each in found], "next": following}


@router.post_to(
    "/bulk-runs/{run_id}/stop",
    outputs.BulkRun,
    scope=Scope.TICKETS_WRITE,
    operation_id="stop_bulk_run",
    summary="Leave the tickets of a run that are not done yet as they are",
)
def stop(request, run_id: int):
    run = _run_or_404(request, run_id)
    services.stop_bulk(run, actor=request.user)
    return _run(BulkRun.objects.keyed(run.pk))


def _run_or_404(request, key):
    runs = BulkRun.objects.visible_to(request.user)
    found = runs.keyed(key) if 0 < key <= LARGEST_KEY else None
    if found is None:
        raise Http404
    return found


def _run(run):
    counts = run.counts if run.is_finished else BulkItem.objects.of_run(run).counts()
    return {
        "id": run.pk,
        "action": run.action,
        "total": run.total,
        "missing": run.missing,
        **{each.value: counts.get(each, 0) for each in BulkOutcome},
        "started_by": showing.person_of(run.created_by),
        "created_at": run.created_at,
        "stopped_at": run.stopped_at,
        "finished_at": run.finished_at,
    }


def _line(item, run):
    return {
        "number": item.ticket.number,
        "outcome": item.outcome,
        "code": item.code,
        "reason": str(reason_of(item, run)),
    }

"""The numbers of the reports, for supervisors."""

from django.http import Http404
from ninja import Body, Query, Schema
from pydantic import Field

from api.errors import Problem
from api.scopes import Scope
from tickets import services
from tickets.reports import export
from tickets.reports.figures import total_of
from tickets.reports.page import table
from tickets.reports.query import read_query

from . import inputs, outputs
from .operations import Endpoints
from .tickets import refuse_unknown_values, refused_parameter

router = Endpoints(tags=["reports"])
# Without a body.
TABLE = Body(inputs.ReportFile())


class ReportFilters(Schema):
    """The period and the filters of the report."""

    first: str = Field("", alias="from", description="The first day, 2026-11-01.")
    to: str = Field("", description="The last day.")
    month: str = Field("", description="A month, 2026-11 or 1405-08.")
    year: str = ""
    kind: str = Field("", description="responses, first_response, next_response or resolution.")
    by: str = Field("", description="plan, priority, category, agent, organization or month.")
    plan: str = ""
    priority: str = ""
    category: str = ""
    agent: str = Field("", description="An id, or `nobody`.")
    organization: str = ""


@router.get_of(
    "/reports/promises",
    outputs.Report,
    scope=Scope.REPORTS,
    operation_id="read_report",
    summary="How the promises of a period were kept",
)
def promises(request, query: Query[ReportFilters]):
    wanted = _wanted(request)
    rows = table(wanted)
    return {
        "first_day": wanted.period.first.isoformat(),
        "last_day": wanted.period.last.isoformat(),
        "kind": wanted.kind,
        "by": wanted.by,
        "total": _figure("", "", total_of(row.figure for row in rows)),
        "rows": [_figure(_value(row.value), str(row.label), row.figure) for row in rows],
    }


@router.post_to(
    "/reports/promises/export",
    None,
    scope=Scope.REPORTS,
    operation_id="export_report",
    summary="Download the report as a file",
    openapi_extra={
        "responses": {
            200: {
                "description": "The file",
                "content": {
                    kind: {"schema": {"type": "string"}} for kind in ("text/csv", export.XLSX)
                },
            }
        }
    },
)
def export_report(request, query: Query[ReportFilters], body: inputs.ReportFile = TABLE):
    """The table of the report, or a line for each promise behind it, as the page exports them.
    The export is recorded. Its answer is not kept for an `Idempotency-Key`."""
    wanted = _wanted(request)
    content, form = body.content, body.format
    if (content, form) == ("tickets", "xlsx") and export.is_too_long_for_xlsx(wanted):
        raise Problem(409, "too_long", export.too_long_for_xlsx())
    services.record_export(wanted.query, actor=request.user, content=content, form=form)
    return export.as_file(wanted, content, form)


def _wanted(request):
    """The query of the address, read strictly. Raises Problem 422."""
    if not request.user.is_supervisor:
        raise Http404
    today = services.day_of(request.now)
    wanted, asked = read_query(request.GET, today=today)
    filters = {each.parameter: each for each in type(wanted).filters.values()}
    filters.pop("period", None)
    refuse_unknown_values(wanted, filters, request)
    if asked.error:
        raise refused_parameter("from", asked.error)
    return wanted


def _value(value):
    return str(getattr(value, "key", None) or getattr(value, "pk", None) or value)


def _figure(value, label, figure):
    return {
        "value": value,
        "label": label,
        "counted": figure.counted,
        "kept": figure.kept,
        "late": figure.late,
        "withdrawn": figure.withdrawn,
        "open_late": figure.open_late,
        "kept_share": figure.share,
        "with_aim": figure.with_aim,
        "within_aim": figure.within_aim,
        "median_seconds": _seconds(figure.median),
        "p90_seconds": _seconds(figure.p90),
    }


def _seconds(duration):
    return None if duration is None else duration.total_seconds()

"""The reports of supervisors: figures, the promises behind them, and files of both."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tickets import services
from tickets.freshness import queue_mark, state_of_tickets
from tickets.models import ReportExport
from tickets.reports import export as files
from tickets.reports.behind import behind_page
from tickets.reports.board import board_page
from tickets.reports.page import report_page
from tickets.reports.query import read_query
from tickets.reports.ratings import ratings_page
from tickets.web.guards import supervisors_only
from tickets.web.live import layout_for

LAYOUT = "layouts/base_queue.html"


@require_safe
@supervisors_only
def report(request):
    """How the promises of a period were kept."""
    today = services.day_of(timezone.now())
    wanted, asked = read_query(request.GET, today=today)
    return render(request, "reports/report.html", report_page(wanted, asked, today=today))


@require_safe
@supervisors_only
def board(request):
    """What is open at this moment, for a screen that stays open."""
    now = timezone.now()
    # Before the numbers are read: what changes meanwhile is news.
    live = {
        "live_mark": queue_mark(request.user, now, state_of_tickets()),
        "layout": layout_for(request, LAYOUT),
    }
    return render(request, "reports/board.html", board_page(request.user, now=now) | live)


@require_safe
@supervisors_only
def tickets(request):
    """The promises that a number of the report counts."""
    wanted, asked = read_query(request.GET, today=services.day_of(timezone.now()))
    return render(request, "reports/tickets.html", behind_page(wanted, asked, request.GET))


@require_safe
@supervisors_only
def ratings(request):
    """The ratings of closed tickets by customers."""
    today = services.day_of(timezone.now())
    return render(request, "reports/ratings.html", ratings_page(request.GET, today=today))


@require_POST
@supervisors_only
def export(request):
    """The table or the tickets of the report in the address, as the file that the button names."""
    wanted, _asked = read_query(request.GET, today=services.day_of(timezone.now()))
    content, _dash, form = request.POST.get("file", "").partition("-")
    if content not in files.LINES or form not in ReportExport.Format.values:
        messages.error(request, _("Choose from the list."))
        return redirect(wanted.report_href)
    if (content, form) == ("tickets", "xlsx") and files.is_too_long_for_xlsx(wanted):
        messages.error(request, files.too_long_for_xlsx())
        return redirect(wanted.report_href)
    services.record_export(wanted.query, actor=request.user, content=content, form=form)
    return files.as_file(wanted, content, form)

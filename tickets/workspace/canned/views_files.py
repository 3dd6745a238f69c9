"""Canned replies as a file: all of them out, or many of them in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tickets import services
from tickets.errors import TicketError
from tickets.models import CannedReply
from tickets.web.guards import staff_only
from ui.wording import number

from . import files
from .forms import ImportForm
from .list import BY_TITLE


@require_safe
@staff_only
def export(request):
    """The replies that the agent finds as CSV."""
    replies = CannedReply.objects.visible_to(request.user).select_related("assignee", "team")
    text = files.written(replies.order_by("scope", "team", *BY_TITLE))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="canned-replies.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def import_file(request):
    """Take a CSV file, all of it or nothing; what is wrong is listed row by row."""
    if request.method != "POST":
        return _page(request, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        drafts, faults = files.read(form.cleaned_data["file"], request.user)
        if faults:
            return _page(request, form, faults=faults, status=422)
        created, changed = services.import_canned(drafts, actor=request.user)
    except TicketError as refused:
        form.add_error("file", refused.sentence)
        return _page(request, form, status=422)
    messages.success(request, _imported(created, changed))
    return redirect("canned:list")


def _imported(created, changed):
    sentence = ngettext(
        "%(created)s canned reply was added, %(changed)s changed.",
        "%(created)s canned replies were added, %(changed)s changed.",
        created,
    )
    return sentence % {"created": number(created), "changed": number(changed)}


def _page(request, form, *, faults=(), status=200):
    context = {
        "form": form,
        "faults": faults,
        "has_more": len(faults) >= files.MOST_FAULTS,
        "columns": files.COLUMNS,
        "most_rows": files.MOST_ROWS,
    }
    return render(request, "canned/import.html", context, status=status)

"""The pages on which an agent changes the list of the queue: its filters and its columns."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tickets import services
from tickets.web.guards import staff_only

from . import walk
from .columns import KEYS, USUAL
from .filtering import FilterPage
from .layout import Layout, choices_of, moved
from .query import QueueQuery
from .saved.kept import layout_of


@require_safe
@staff_only
def choose_filters(request):
    """The filters of the list that the address names; with `show` among them, that list."""
    [(wanted, missing)] = QueueQuery.read_all([request.GET])
    page = FilterPage(request.GET, wanted, missing)
    if "show" in request.GET and not page.errors:
        return redirect(walk.list_url(wanted))
    status = 422 if page.errors and "show" in request.GET else 200
    return render(request, "queue/filter.html", {"page": page, "wanted": wanted}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def choose_columns(request):
    """Which columns the queue shows, in which order, and how high its rows are.

    They are kept for the agent, or put into the address of this list alone.
    """
    if request.method == "POST":
        return _save_columns(request)
    wanted, layout = QueueQuery.from_address(request.GET.get("list", "")), layout_of(request.user)
    context = {
        "wanted": wanted,
        "list_url": walk.list_url(wanted),
        "choices": choices_of(wanted.columns or layout.columns),
        "is_compact": layout.is_compact,
        "is_of_list": bool(wanted.columns),
    }
    return render(request, "queue/columns.html", context)


def _save_columns(request):
    wanted = QueueQuery.from_address(request.POST.get("list", ""))
    if "reset" in request.POST:
        services.keep_list(request.user, "")
        messages.success(request, _("The columns have been reset."))
        return redirect(walk.list_url(wanted.without("columns")))
    columns, layout = _sent_columns(request.POST), layout_of(request.user)
    is_of_list = request.POST.get("for") == "list"
    kept = Layout(layout.columns if is_of_list else columns, request.POST.get("rows") == "compact")
    services.keep_list(request.user, kept.query)
    wanted = wanted.with_(columns=columns if is_of_list else ())
    if "move" in request.POST:
        # Without script each step is a press, and the page is shown again.
        query = urlencode({"list": wanted.query})
        key = request.POST["move"].partition("-")[2]
        anchor = f"#column-{key}" if key in KEYS else ""
        return redirect(f"{reverse('queue:columns')}?{query}{anchor}")
    return redirect(walk.list_url(wanted))


def _sent_columns(data):
    """The columns that a form shows, in its order; the title is always among them."""
    named = [key for key in dict.fromkeys(data.getlist("order")) if key in KEYS]
    order = moved([*named, *(key for key in KEYS if key not in named)], data.get("move", ""))
    shown = {*data.getlist("column"), "title"}
    return tuple(key for key in order if key in shown) if named else USUAL

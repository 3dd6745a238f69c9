"""Starting a bulk action: the page that asks what, then the run or its result."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tickets import services
from tickets.errors import TicketError
from tickets.models import BulkRun
from tickets.web.guards import staff_only

from .forms import FORMS
from .results import list_page, run_page
from .selection import page_url, read_selection, selection_of, tickets_for
from .words import counts_in_words, title_of

INCOMPLETE, CONFLICT = 422, 409
# So many of the selected tickets are named before they are changed.
NAMED = 20


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def bulk(request):
    """The latest runs; posted, what is to be done with the selected tickets, and doing it."""
    if request.method != "POST":
        return render(request, "bulk/list.html", list_page(request.user, request.GET))
    selection, page = read_selection(request.POST)
    form_class = FORMS.get(request.POST.get("action", ""))
    if form_class is None or selection.numbers == ():
        messages.error(request, _("Select tickets, then choose what to do with them."))
        return redirect(page_url(page))
    if "confirmed" not in request.POST:
        return _ask(request, selection, page, form_class(user=request.user))
    form = form_class(request.POST, user=request.user)
    if not form.is_valid():
        return _ask(request, selection, page, form, status=INCOMPLETE)
    try:
        run = services.start_bulk(
            tickets_for(selection, request.user, now=timezone.now()),
            form.change(),
            selection,
            actor=request.user,
            form_key=form.cleaned_data["form_key"],
        )
    except TicketError as refused:
        form.refuse(refused)
        return _ask(request, selection, page, form, status=CONFLICT)
    return _started(request, run, page)


def _started(request, run, page):
    """A small run is done at once, with its result above the list; a large one has a page."""
    if run.total > services.AT_ONCE:
        return redirect("queue:bulk_run", pk=run.pk)
    run = services.do_now(run)
    if not run.is_finished:
        return redirect("queue:bulk_run", pk=run.pk)
    words = f"{title_of(run.action, run.total)}: {counts_in_words(run.counts)}"
    if not run.counts.get("skipped") and not run.missing:
        messages.success(request, words)
    else:
        url = f"{run.get_absolute_url()}?show=skipped"
        link = format_html('{} <a href="{}">{}</a>', words, url, _("Why?"))
        messages.warning(request, link)
    return redirect(page_url(page))


def _ask(request, selection, page, form, *, status=200):
    """What is to be done, with how many tickets, and which these are."""
    found = services.selected(tickets_for(selection, request.user, now=timezone.now()), selection)
    count = found.order_by()[: services.MOST_IN_RUN + 1].count()
    context = {
        "form": form,
        "title": title_of(form.action, count),
        "count": count,
        "is_too_many": count > services.MOST_IN_RUN,
        "most": services.MOST_IN_RUN,
        "named": found.titled()[:NAMED],
        "others": max(count - NAMED, 0),
        "selection": selection,
        "numbers": ",".join(map(str, selection.numbers or ())),
        "seen": request.POST.get("seen", ""),
        "page": page,
        "back_url": page_url(page),
    }
    return render(request, "bulk/start.html", context, status=status)


@require_safe
@staff_only
def bulk_run(request, pk):
    """How far a run is, and what became of each ticket."""
    run = _run_or_404(request, pk)
    return render(request, "bulk/run.html", run_page(run, request.GET))


@require_safe
@staff_only
def again(request, pk):
    """Ask for the action of a finished run once more, on the tickets that it left as they were."""
    run = _run_or_404(request, pk)
    if not run.is_finished:
        return redirect(run)
    form_class = FORMS[run.action]
    form = form_class(user=request.user, initial=form_class.initial_of(run.facts))
    return _ask(request, selection_of(run), run.list_query, form)


@require_POST
@staff_only
def stop(request, pk):
    """Leave the tickets of a run that are not done yet as they are."""
    run = _run_or_404(request, pk)
    services.stop_bulk(run, actor=request.user)
    return redirect(run)


def _run_or_404(request, pk):
    run = BulkRun.objects.visible_to(request.user).keyed(pk)
    if run is None:
        raise Http404
    return run

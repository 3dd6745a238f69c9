"""The pages on which saved views are opened, made, changed, ordered and deleted."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tickets import services
from tickets.errors import StaleTicket, TicketError
from tickets.models import SavedView
from tickets.web.guards import staff_only
from tickets.workspace import walk
from tickets.workspace.query import QueueQuery
from ui.keys import key_in

from .forms import ViewForm, draft_of
from .kept import address_of
from .listed import views_page


@require_safe
@staff_only
def open_view(request, pk):
    """The list of a view at the address that stays. Who does not see the view gets its filters."""
    view = SavedView.objects.keyed(pk)
    if view is None:
        messages.info(request, _("This view no longer exists. These are all open tickets."))
        return redirect("queue:list")
    seen = SavedView.objects.beside_queue_of(request.user).keyed(pk) is not None
    query = address_of(view.query, pk if seen else None)
    return redirect(walk.list_at(query))


@require_safe
@staff_only
def view_list(request):
    """The views that the agent sees, with what each shows and what of it is gone."""
    return render(request, "queue/views.html", views_page(request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def new(request):
    """Keep the list of the address under a name."""
    if request.method == "POST":
        return _save(request, ViewForm(request.POST, user=request.user))
    wanted = QueueQuery.from_address(request.GET.get("list", "")).without("view")
    return _form_page(request, ViewForm(user=request.user, initial={"list": wanted.query}))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def edit(request, pk):
    """Change the name of a view and who sees it; saved after it was deleted, it says so."""
    view = _view_or_404(request, pk)
    if request.method == "POST":
        return _save(request, ViewForm(request.POST, user=request.user, view=view), view=view)
    return _form_page(request, ViewForm(user=request.user, view=view), view=view)


@require_POST
@staff_only
def update(request, pk):
    """Let a view show what the list shows that was changed from it."""
    view, address = _view_or_404(request, pk), request.POST.get("list", "")
    draft = draft_of(address, name=view.name, team_id=view.team_id)
    version = request.POST.get("version", "")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None
    try:
        services.edit_view(view, draft, actor=request.user, seen_version=seen)
    except TicketError as refused:
        messages.error(request, refused.sentence)
        return redirect(walk.list_url(QueueQuery.from_address(address)))
    messages.success(request, _("The view has been saved."))
    return redirect(walk.list_at(address_of(draft.query, pk)))


@require_POST
@staff_only
def move(request, pk):
    """Move a view before or behind the one that its page shows above or below it."""
    view = _view_or_404(request, pk)
    beside = {name: key_in(request.POST.get(name)) for name in ("before", "after")}
    try:
        services.move_view(view, actor=request.user, **beside)
    except TicketError as refused:
        messages.error(request, refused.sentence)
    return redirect("queue:views")


@require_POST
@staff_only
def delete(request, pk):
    """Delete one; one that is gone already, as after a second press, is gone."""
    view = SavedView.objects.editable_by(request.user).keyed(pk)
    # In this order: a view that the other press deletes between the two looks is gone in both.
    if view is None and SavedView.objects.keyed(pk) is not None:
        raise Http404
    try:
        if view is not None:
            services.delete_view(view, actor=request.user)
    except TicketError as refused:
        if refused.code != "gone":
            messages.error(request, refused.sentence)
            return redirect("queue:views")
    messages.success(request, _("The view has been deleted."))
    return redirect("queue:views")


def _view_or_404(request, pk):
    editable = SavedView.objects.editable_by(request.user)
    return get_object_or_404(editable.select_related("team", "owner"), pk=pk)


def _save(request, form, *, view=None):
    """Write what the form holds; refused, all of it is shown again."""
    if not form.is_valid():
        return _form_page(request, form, view=view, status=422)
    draft = form.draft()
    try:
        if view is None:
            key = form.cleaned_data["form_key"]
            view = services.create_view(draft, actor=request.user, form_key=key)
        else:
            seen = form.cleaned_data["version"]
            view = services.edit_view(view, draft, actor=request.user, seen_version=seen)
    except TicketError as refused:
        form.refuse(refused)
        if isinstance(refused, StaleTicket):
            form.rebase_on(refused.row)
        status = 422 if refused.code in form.fields else 409
        return _form_page(request, form, view=view, status=status)
    messages.success(request, _("The view has been saved."))
    return redirect(view)


def _form_page(request, form, *, view=None, status=200):
    [(wanted, missing)] = QueueQuery.read_all([form["list"].value() or ""])
    context = {"form": form, "view": view, "wanted": wanted, "missing": missing}
    context["address"] = view and f"{settings.SITE_URL.rstrip('/')}{view.get_absolute_url()}"
    return render(request, "queue/view.html", context, status=status)

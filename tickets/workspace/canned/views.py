"""The pages on which canned replies are found, written and deleted."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tickets import services
from tickets.canned.placeholders import PLACEHOLDERS
from tickets.errors import StaleTicket, TicketError
from tickets.models import CannedReply
from tickets.web.guards import staff_only
from ui.keys import key_in

from .forms import CannedForm
from .list import canned_page


@require_safe
@staff_only
def canned_list(request):
    """The agent's own replies, those of teams and the shared ones, by title."""
    return render(request, "canned/list.html", canned_page(request.user, request.GET))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def new(request):
    """Write a new one; `copy` of the address names one to begin with."""
    if request.method == "POST":
        form = CannedForm(request.POST, user=request.user)
        return _save(request, form, services.create_canned, form_key=True)
    return _form_page(request, CannedForm(user=request.user, initial=_copied(request)))


def _copied(request):
    key = key_in(request.GET.get("copy", ""))
    if key is None:
        return {}
    reply = CannedReply.objects.visible_to(request.user).keyed(key)
    if reply is None:
        return {}
    shown = CannedForm.of(reply, request.user).initial
    return {name: shown[name] for name in shown if name not in {"version", "form_key", "scope"}}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def edit(request, pk):
    """Change one; who may only read it may copy it."""
    found = CannedReply.objects.visible_to(request.user).select_related("assignee", "team", "owner")
    reply = get_object_or_404(found, pk=pk)
    if not reply.is_editable_by(request.user):
        if request.method == "POST":
            raise Http404
        return render(request, "canned/read.html", {"reply": reply})
    if request.method == "POST":
        form = CannedForm(request.POST, user=request.user)
        return _save(request, form, services.edit_canned, reply=reply)
    return _form_page(request, CannedForm.of(reply, request.user), reply=reply)


@require_POST
@staff_only
def delete(request, pk):
    """Delete one; one that is gone already, as after a second press, is gone."""
    reply = CannedReply.objects.editable_by(request.user).keyed(pk)
    if reply is None and CannedReply.objects.visible_to(request.user).keyed(pk):
        raise Http404
    try:
        if reply is not None:
            services.delete_canned(reply, actor=request.user)
    except TicketError as refused:
        if refused.code != "gone":
            messages.error(request, refused.sentence)
            return redirect("canned:list")
    messages.success(request, _("The canned reply has been deleted."))
    return redirect("canned:list")


def _save(request, form, service, *, reply=None, form_key=False):
    """Write what the form holds; refused, all of it is shown again."""
    if not form.is_valid():
        return _form_page(request, form, reply=reply, status=422)
    draft = form.draft()
    try:
        if form_key:
            service(draft, actor=request.user, form_key=form.cleaned_data["form_key"])
        else:
            seen = form.cleaned_data["version"]
            service(reply, draft, actor=request.user, seen_version=seen)
    except TicketError as refused:
        return _refused(request, form, reply, refused)
    messages.success(request, _("The canned reply has been saved."))
    return redirect("canned:list")


def _refused(request, form, reply, refused):
    form.refuse(refused)
    theirs = None
    if isinstance(refused, StaleTicket):
        theirs = reply = refused.row
        form.rebase_on(reply)
    status = 422 if refused.code in form.fields else 409
    return _form_page(request, form, reply=reply, theirs=theirs, status=status)


def _form_page(request, form, *, reply=None, theirs=None, status=200):
    context = {"form": form, "reply": reply, "theirs": theirs, "placeholders": placeholders()}
    return render(request, "canned/edit.html", context, status=status)


def placeholders():
    """(its English name, its Persian name, what it stands for) of each placeholder."""
    return [(key, persian, label) for key, (persian, label) in PLACEHOLDERS.items()]

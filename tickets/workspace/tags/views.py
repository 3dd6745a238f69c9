"""The page on which supervisors manage the tags."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tickets import services
from tickets.errors import StaleTicket, TicketError
from tickets.models import Tag
from tickets.web.guards import supervisors_only

from .forms import MergeForm, TagForm


@require_http_methods(["GET", "HEAD", "POST"])
@supervisors_only
def tag_list(request):
    """All tags with the number of their tickets, and the form for another one."""
    if request.method != "POST":
        return _list_page(request, TagForm.empty())
    form = TagForm(request.POST)
    if not form.is_valid():
        return _list_page(request, form, status=422)
    name, colour, key = (form.cleaned_data[each] for each in ("name", "colour", "form_key"))
    try:
        services.create_tag(name, colour=colour, actor=request.user, form_key=key)
    except TicketError as refused:
        form.refuse(refused)
        return _list_page(request, form, status=422)
    messages.success(request, _("The tag has been added."))
    return redirect("tags:list")


@require_http_methods(["GET", "HEAD", "POST"])
@supervisors_only
def edit(request, pk):
    """Another name or colour; below it, the merge into another tag, and the end of its use."""
    tag = _tag_or_404(pk)
    if request.method != "POST":
        return _edit_page(request, tag, TagForm.of(tag))
    form = TagForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, tag, form, status=422)
    name, colour, seen = (form.cleaned_data[each] for each in ("name", "colour", "version"))
    try:
        services.edit_tag(tag, name=name, colour=colour, actor=request.user, seen_version=seen)
    except TicketError as refused:
        return _refused(request, tag, form, refused)
    messages.success(request, _("The tag has been saved."))
    return redirect("tags:list")


@require_POST
@supervisors_only
def merge(request, pk):
    """Make the tag part of another one; sent once more, it is so already."""
    tag = Tag.objects.of_key(pk) or _not_found()
    form = MergeForm(request.POST, tag=tag)
    if not form.is_valid():
        return _edit_page(request, _tag_or_404(pk), TagForm.of(tag), merge_form=form, status=422)
    into = form.cleaned_data["into"]
    try:
        services.merge_tags(tag, into=into, actor=request.user)
    except TicketError as refused:
        messages.error(request, refused.sentence)
        return redirect("tags:list")
    names = {"name": tag.name, "into": into.name}
    messages.success(request, _("“%(name)s” is now part of “%(into)s”.") % names)
    return redirect("tags:list")


@require_POST
@supervisors_only
def retire(request, pk):
    """End that the tag can be added to tickets, or (`restore`) let it be added again."""
    tag = _tag_or_404(pk)
    service = services.restore_tag if "restore" in request.POST else services.retire_tag
    try:
        tag = service(tag, actor=request.user)
    except TicketError as refused:
        messages.error(request, refused.sentence)
        return redirect("tags:list")
    done = _("The tag is retired.") if tag.is_retired else _("The tag can be used again.")
    messages.success(request, done)
    return redirect("tags:list")


def _tag_or_404(pk):
    return Tag.objects.keyed(pk) or _not_found()


def _not_found():
    raise Http404


def _refused(request, tag, form, refused):
    form.refuse(refused)
    if isinstance(refused, StaleTicket):
        tag = refused.row
        form.rebase_on(tag)
    return _edit_page(request, tag, form, status=422 if refused.code in form.fields else 409)


def _list_page(request, form, *, status=200):
    tags = list(Tag.objects.known().with_number_of_tickets())
    context = {
        "form": form,
        "in_use": [tag for tag in tags if not tag.is_retired],
        "retired": [tag for tag in tags if tag.is_retired],
        "moving": Tag.objects.with_tickets_to_move()
        .with_number_of_tickets()
        .select_related("merged_into"),
    }
    return render(request, "tags/list.html", context, status=status)


def _edit_page(request, tag, form, *, merge_form=None, status=200):
    context = {"tag": tag, "form": form, "merge_form": merge_form or MergeForm(tag=tag)}
    return render(request, "tags/edit.html", context, status=status)

"""The pages on which endpoints are made, changed and ended."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations.permissions import may_manage_organization
from ui.forms import KeyedForm

from . import services
from .errors import WebhookError
from .forms import edit_form_of, form_of
from .keepers import back_with_sentence, keepers_only
from .models import Endpoint


@require_safe
@keepers_only
def endpoints(request, keeper):
    """The endpoints of the organization that one works in, or of the provider."""
    return keeper.page(request, "list", {"endpoints": list(keeper.listed)})


@require_http_methods(["GET", "HEAD", "POST"])
@keepers_only
def new(request, keeper):
    """A new endpoint, whose secret is shown in the answer and never again."""
    if not keeper.is_provider:
        may = may_manage_organization(keeper.membership)
        if not may or keeper.organization.is_suspended:
            raise Http404
    return _new(request, keeper)


@reauthentication_required
def _new(request, keeper):
    form = form_of(keeper, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, keeper, form)
    owner = None if keeper.is_provider else form.cleaned_data["organization"].organization
    key = form.cleaned_data["form_key"]
    try:
        endpoint, secret = services.create_endpoint(
            owner, form.draft(), actor=request.user, form_key=key
        )
    except WebhookError as refused:
        return _refused(request, keeper, form, refused)
    if secret is None:
        messages.warning(request, _first_sentence(endpoint))
        return keeper.to("endpoint", endpoint.pk)
    return keeper.page(request, "made", {"endpoint": endpoint, "secret": secret})


@require_http_methods(["GET", "HEAD", "POST"])
@keepers_only
def edit(request, keeper, pk):
    """Another name, address or choice of events."""
    return _edit(request, keeper, keeper.endpoint_or_404(pk))


@reauthentication_required
def _edit(request, keeper, endpoint):
    form = edit_form_of(endpoint, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, keeper, form, endpoint)
    try:
        services.edit_endpoint(
            endpoint,
            form.draft(),
            actor=request.user,
            seen_version=form.cleaned_data["version"],
        )
    except WebhookError as refused:
        if refused.code == "gone":
            messages.error(request, refused.sentence)
            return keeper.to("list")
        if refused.code == "stale":
            form.rebase_on(refused.row)
        return _refused(request, keeper, form, refused, endpoint)
    messages.success(request, _("The endpoint has been saved."))
    return keeper.to("endpoint", endpoint.pk)


def _refused(request, keeper, form, refused, endpoint=None):
    if refused.code == "forbidden":
        raise PermissionDenied from refused
    form.refuse(refused)
    return _form_page(request, keeper, form, endpoint)


def _form_page(request, keeper, form, endpoint=None):
    context = {"form": form, "endpoint": endpoint}
    return keeper.page(request, "edit", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers_only
def rotate(request, keeper, pk):
    """Ask, then make a new secret, which is shown in the answer and never again."""
    return _rotate(request, keeper, pk, keeper.endpoint_or_404(pk))


@reauthentication_required
def _rotate(request, keeper, pk, endpoint):
    form = KeyedForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return keeper.page(request, "secret", {"endpoint": endpoint, "form": form})
    return _make_secret(request, keeper, pk, endpoint=endpoint, key=form.cleaned_data["form_key"])


@back_with_sentence
def _make_secret(request, keeper, pk, endpoint, key):
    endpoint, secret = services.rotate_secret(endpoint, actor=request.user, form_key=key)
    if secret is None:
        messages.warning(request, _first_sentence(endpoint))
        return keeper.to("endpoint", pk)
    return keeper.page(request, "made", {"endpoint": endpoint, "secret": secret})


def _first_sentence(endpoint):
    """That the form was sent before, and its secret is not shown again."""
    sentence = _(
        "This has already been done for “%(name)s”, and the secret was shown then. If you did not "
        "keep it, create a new one."
    )
    return sentence % {"name": endpoint.name}


@require_POST
@keepers_only
@back_with_sentence
def switch(request, keeper, pk):
    """Pause an endpoint, or put it into use."""
    endpoint, is_on = keeper.endpoint_or_404(pk), request.POST.get("to") == "on"
    services.switch_endpoint(endpoint, is_on=is_on, actor=request.user, now=timezone.now())
    done = _("The endpoint is in use.") if is_on else _("The endpoint is paused.")
    messages.success(request, done)
    return keeper.to("endpoint", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers_only
@back_with_sentence
def delete(request, keeper, pk):
    """Ask, then delete an endpoint with its log; one that the same person deleted just before, as
    by a second press, is deleted."""
    try:
        endpoint = keeper.endpoint_or_404(pk)
    except Http404:
        # Asked last: what the other press deletes between the two looks is gone in the first one.
        if request.method == "POST" and Endpoint.objects.was_deleted_by(request.user, pk):
            return keeper.to("list")
        raise
    if request.method != "POST":
        return keeper.page(request, "delete", {"endpoint": endpoint})
    services.delete_endpoint(endpoint, actor=request.user)
    messages.success(request, _("The endpoint “%(name)s” was deleted.") % {"name": endpoint.name})
    return keeper.to("list")

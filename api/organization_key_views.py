"""The pages on which owners keep the keys of their organization."""

from functools import wraps

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from organizations.errors import OrganizationError
from organizations.guards import customers_only
from organizations.permissions import may_manage_organization

from . import services
from .errors import SecretError
from .key_forms import OrganizationKeyForm
from .key_views import shown, warn_of_first
from .models import ApiKey


def owners_only(view):
    """Pages of who owns the organization that they work in; it comes as `reader`, a membership."""

    @customers_only
    @wraps(view)
    def guarded(request, *args, **kwargs):
        reader = request.user.current_membership
        if not may_manage_organization(reader):
            raise Http404
        return view(request, reader, *args, **kwargs)

    return guarded


@require_safe
@owners_only
def keys(request, reader):
    """The keys of the organization one works in, those that still open something first."""
    organization = reader.organization
    context = {
        "organization": organization,
        "keys": shown(ApiKey.objects.of_organization(organization), timezone.now()),
    }
    return render(request, "api/organization_keys.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@owners_only
def new(request, reader):
    """A new key with the member it acts as; its secret is shown in the answer and never again."""
    if reader.organization.is_suspended:
        raise Http404
    return _new(request, reader)


@reauthentication_required
def _new(request, reader):
    form = OrganizationKeyForm(request.POST or None, reader=reader, user=request.user)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, reader.organization, form)
    organization = form.cleaned_data["organization"].organization
    try:
        key, secret = services.create_organization_key(
            organization, form.draft(), actor=request.user
        )
    except SecretError as refused:
        form.refuse(refused)
        return _form_page(request, organization, form)
    except OrganizationError as refused:
        if refused.code == "not_allowed":
            raise PermissionDenied from refused
        form.add_error(None, refused.sentence)
        return _form_page(request, organization, form)
    if secret is None:
        warn_of_first(request, key)
        return redirect("organization_keys")
    context = {"key": key, "secret": secret, "organization": organization}
    return render(request, "api/organization_key_made.html", context)


def _form_page(request, organization, form):
    context = {"form": form, "organization": organization}
    status = 422 if form.is_bound else 200
    return render(request, "api/organization_key_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@customers_only
def revoke(request, pk):
    """Ask, then end a key of an organization that the reader owns."""
    memberships = request.user.membership_by_organization
    owned = [one for one, each in memberships.items() if may_manage_organization(each)]
    found = ApiKey.objects.of_organizations(owned).select_related("organization", "created_by")
    key = get_object_or_404(found, pk=pk)
    if request.method == "POST":
        services.revoke_key(key, actor=request.user)
        messages.success(request, _("The key “%(name)s” has been revoked.") % {"name": key.name})
        return redirect("organization_keys")
    context = {"key": key, "organization": key.organization}
    return render(request, "api/organization_key_revoke.html", context)

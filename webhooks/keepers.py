"""Who comes to the pages of endpoints: owners to those of their organizations, supervisors to those
of the provider."""

from dataclasses import dataclass
from enum import Enum, auto
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from organizations.guards import customers_only
from organizations.models import Membership, User
from organizations.permissions import may_manage_organization
from tickets.web.guards import supervisors_only

from .errors import WebhookError
from .models import Endpoint


class Side(Enum):
    ORGANIZATION = auto()
    PROVIDER = auto()


@dataclass(frozen=True)
class Keeper:
    """Who asks for a page, and on which side. `membership` is that of the organization that an
    owner works in; None for a supervisor."""

    user: User
    side: Side
    membership: Membership | None = None

    @property
    def is_provider(self):
        return self.side is Side.PROVIDER

    @property
    def organization(self):
        return self.membership and self.membership.organization

    @property
    def endpoints(self):
        """All that the person may keep: an owner of several organizations those of each."""
        if self.is_provider:
            return Endpoint.objects.of_provider()
        memberships = self.user.membership_by_organization
        owned = [one for one, each in memberships.items() if may_manage_organization(each)]
        return Endpoint.objects.of_organizations(owned)

    @property
    def listed(self):
        """Those that the list shows: of the one organization that the person works in."""
        if self.is_provider:
            return self.endpoints.listed()
        if not may_manage_organization(self.membership):
            raise Http404
        return Endpoint.objects.of_organization(self.organization).listed()

    def endpoint_or_404(self, key):
        return get_object_or_404(self.endpoints.listed(), pk=key)

    def page(self, request, name, context, *, status=200):
        """A page in the frame of that side."""
        layout = "layouts/base_queue.html" if self.is_provider else "layouts/base_portal.html"
        context = {"layout": layout, "keeper": self, **context}
        return render(request, f"webhooks/{name}.html", context, status=status)

    def address(self, name, *args):
        side = "provider_webhooks" if self.is_provider else "organization_webhooks"
        return reverse(f"webhooks:{name}", args=args, current_app=side)

    def to(self, name, *args):
        return redirect(self.address(name, *args))


def keepers_only(view):
    """Pages of who keeps endpoints; it comes as `keeper`. To anybody else there is no such page."""

    @customers_only
    @wraps(view)
    def for_owners(request, **kwargs):
        keeper = Keeper(request.user, Side.ORGANIZATION, request.user.current_membership)
        return view(request, keeper, **kwargs)

    @supervisors_only
    @wraps(view)
    def for_supervisors(request, **kwargs):
        return view(request, Keeper(request.user, Side.PROVIDER), **kwargs)

    @wraps(view)
    def guarded(request, side, **kwargs):
        guard = for_supervisors if side is Side.PROVIDER else for_owners
        return guard(request, **kwargs)

    return guarded


def back_with_sentence(view):
    """A refusal becomes a sentence on the page of the endpoint, or on the list where that is gone;
    one of rights 403."""

    @wraps(view)
    def guarded(request, keeper, pk, **kwargs):
        try:
            return view(request, keeper, pk, **kwargs)
        except WebhookError as refused:
            if refused.code == "forbidden":
                raise PermissionDenied from refused
            messages.error(request, refused.sentence)
            return keeper.to("list") if refused.code == "gone" else keeper.to("endpoint", pk)

    return guarded

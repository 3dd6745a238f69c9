"""Who the key acts as; organizations, members, and plans with their matrix."""

from django.http import Http404
from ninja import Query
from pydantic import Field

from api.scopes import Scope
from organizations.models import Membership, Organization
from organizations.permissions import may_manage_members
from organizations.plan_matrix import plans_shown_to
from plans.models import Priority
from plans.promises import current_promises

from . import outputs
from .operations import Endpoints
from .paging import Paged, page_of

router = Endpoints(tags=["organizations"])


@router.get_of("/me", outputs.Me, scope=None, operation_id="me", summary="Whom the key acts as")
def me(request):
    key, user = request.api_key, request.user
    return {
        "id": user.pk,
        "name": str(user),
        "staff_role": user.staff_role,
        "key": key.name,
        "prefix": key.prefix,
        "scopes": key.scopes,
        "expires_at": key.expires_at,
    }


@router.get_of(
    "/organizations",
    outputs.Organizations,
    scope=Scope.ORGANIZATIONS_READ,
    operation_id="list_organizations",
    summary="List organizations",
)
def organizations(request, query: Query[Paged]):
    """Of members their own; of staff all."""
    rows = Organization.objects.visible_to(request.user).select_related("plan")
    found, following = page_of(rows, query, order=["id"])
    return {"items": [_organization(each, request.user) for each in found], "next": following}


@router.get_of(
    "/organizations/{key}",
    outputs.Organization,
    scope=Scope.ORGANIZATIONS_READ,
    operation_id="read_organization",
    summary="Read an organization",
)
def organization(request, key: str):
    return _organization(organization_or_404(request, key), request.user)


@router.get_of(
    "/organizations/{key}/members",
    outputs.Members,
    scope=Scope.ORGANIZATIONS_READ,
    operation_id="list_members",
    summary="List the members of an organization",
)
def members(request, key: str, query: Query[Paged]):
    found = organization_or_404(request, key)
    reader = request.user.membership_by_organization.get(found.pk)
    shows_addresses = request.user.is_agent or may_manage_members(reader)
    rows = Membership.objects.of(found).by_name().select_related("user")
    page, following = page_of(rows, query, order=["id"])
    return {"items": [_member(each, shows_addresses) for each in page], "next": following}


class PlanQuery(Paged):
    """Whose plans are shown."""

    organization: str = Field("", max_length=40)


@router.get_of(
    "/plans",
    outputs.Plans,
    scope=Scope.ORGANIZATIONS_READ,
    operation_id="list_plans",
    summary="Read the plans with their matrix",
)
def plans(request, query: Query[PlanQuery]):
    """The plans for everybody and, of the organization that is asked for, the one it is on."""
    asked = None
    if query.organization:
        asked = organization_or_404(request, query.organization)
    elif membership := request.user.current_membership:
        asked = membership.organization
    shown = list(plans_shown_to(asked))
    promises = current_promises(shown)
    return {"items": [_plan(each, promises[each.pk], asked) for each in shown]}


def organization_or_404(request, key):
    """An organization whose existence the person may know."""
    found = Organization.objects.visible_to(request.user).keyed(key) if len(key) <= 40 else None
    if found is None:
        raise Http404
    return found


def _organization(row, reader):
    membership = reader.membership_by_organization.get(row.pk)
    return {
        "key": row.key,
        "name": row.name,
        "plan": {"key": row.plan.key, "name": row.plan.name},
        "is_suspended": row.is_suspended,
        "role": membership.role if membership else None,
    }


def _member(membership, shows_addresses):
    user = membership.user
    shown = {"id": user.pk, "name": str(user), "role": membership.role}
    return shown | {"email": user.email} if shows_addresses else shown


def _plan(plan, promise, organization):
    return {
        "key": plan.key,
        "name": plan.name,
        "is_around_the_clock": promise.is_around_the_clock,
        "is_present": bool(organization) and organization.plan_id == plan.pk,
        "cells": [_cell(promise, each) for each in Priority],
    }


def _cell(promise, priority):
    cell = promise.cell(priority)
    return {
        "priority": priority.value,
        "target_seconds": seconds_of(cell.target),
        "aim_seconds": seconds_of(cell.aim),
        "resolution_seconds": seconds_of(cell.resolution),
    }


def seconds_of(duration):
    """Whole seconds, or None."""
    return None if duration is None else int(duration.total_seconds())

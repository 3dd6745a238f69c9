"""Permissions inside an organization: predicates over memberships, without a query."""

from .models import Role


def may_manage_organization(membership):
    """Owners decide on visibility, managers, owners and the plan."""
    return membership is not None and membership.role == Role.OWNER


def may_change_role(membership, *, old, new):
    """Only owners hand out or take away a role above plain member."""
    return may_manage_organization(membership)


def may_remove(membership, *, role):
    """Owners remove anybody, managers plain members."""
    if may_manage_organization(membership):
        return True
    return membership is not None and membership.role == Role.MANAGER and role == Role.MEMBER


def may_ask_for_plan(membership):
    """Owners and managers ask for another plan, unless the organization is suspended."""
    if membership is None or membership.role not in {Role.OWNER, Role.MANAGER}:
        return False
    return not membership.organization.is_suspended


def may_invite(membership, *, role):
    """Owners invite anybody, managers plain members; so it is with sending again and revoking."""
    return may_remove(membership, role=role)


def may_manage_members(membership):
    """Owners and managers see addresses and invitations, and act on some of the members."""
    return membership is not None and membership.role in {Role.OWNER, Role.MANAGER}

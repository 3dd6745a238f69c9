"""Who belongs to an organization, in which role."""

from django.utils.translation import gettext as _

from organizations import permissions, signals
from organizations.errors import OrganizationError
from organizations.models import Membership, Role, User
from plans.transactions import in_transaction

from . import base
from .invitations import revoke_invitations_of, use_up_invitation


@in_transaction
def add_member(organization, user, *, actor, now, role=Role.MEMBER):
    """Make a person a member. Staff are refused, and so is who belongs already.

    The first member of an organization must be its owner. An invitation of the person is used up.
    """
    organization = base.locked(organization)
    base.refuse_staff(user)
    base.refuse_service_member(user)
    base.check_actor(actor, organization, permissions.may_change_role, old="", new=role)
    if Membership.objects.filter(organization=organization, user=user).exists():
        raise OrganizationError(
            _("This person already belongs to the organization."), code="already_member"
        )
    membership = Membership(user=user, organization=organization, role=role, joined_at=now)
    base.save(membership, actor=actor, now=now)
    base.check_has_owner(organization)
    use_up_invitation(organization, user, actor=actor, now=now)
    return membership


@in_transaction
def change_role(organization, user, role, *, actor, now, seen=None):
    """Give a member another role; the last owner stays one.

    `seen` is the role that the actor was shown; one that changed meanwhile is refused. Invitations
    that the person could not send any more are revoked.
    """
    organization = base.locked(organization)
    base.refuse_service_member(user)
    membership = base.membership_of(organization, user)
    base.check_actor(
        actor, organization, permissions.may_change_role, old=membership.role, new=role
    )
    base.check_writes(organization, actor)
    if membership.role == role:
        return membership
    if seen not in {None, membership.role}:
        raise OrganizationError(
            _("The role of %(person)s was changed in the meantime: it is now %(role)s.")
            % {"person": user, "role": membership.get_role_display()},
            code="stale",
        )
    membership.role = role
    base.save(membership, actor=actor, now=now, fields=["role"])
    base.check_has_owner(organization)
    revoke_invitations_of(user, organization, membership=membership, actor=actor, now=now)
    return membership


@in_transaction
def remove_member(organization, user, *, actor, now):
    """End a membership, by somebody who may or by the person. The last owner stays.

    Their tickets stay with the organization; the invitations that they sent are revoked.
    """
    # The person before the organization, as whoever writes a ticket locks them.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    organization = base.locked(organization)
    membership = base.membership_of(organization, user)
    if actor is None or actor.pk != user.pk:
        base.check_actor(actor, organization, permissions.may_remove, role=membership.role)
    base.check_writes(organization, actor)
    base.recorded(membership, actor=actor, now=now).delete()
    base.check_has_owner(organization)
    revoke_invitations_of(user, organization, membership=None, actor=actor, now=now)
    User.objects.filter(pk=user.pk, working_in=organization).update(working_in=None)
    signals.member_removed.send(
        sender=Membership, organization=organization, user=user, actor=actor, now=now
    )


def has_removed(actor, pk):
    """Whether the person has ended the membership of that key, which is gone since."""
    return Membership.history.filter(id=pk, history_type="-", history_user=actor).exists()


def work_in(user, organization):
    """Choose which of one's organizations comes first."""
    if organization.pk not in user.membership_by_organization:
        raise OrganizationError(
            _("You are not a member of this organization."), code="not_a_member"
        )
    user.working_in = organization
    user.save(update_fields=["working_in"])

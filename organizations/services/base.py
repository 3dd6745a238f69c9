"""What every write to people and organizations does: lock, check, save with a line of history."""

from django.utils.translation import gettext as _

from organizations.errors import OrganizationError
from organizations.models import Membership, Organization, User


def locked(organization):
    return Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=organization.pk)


def membership_of(organization, user):
    membership = Membership.objects.filter(organization=organization, user=user).first()
    if membership is None:
        raise OrganizationError(
            _("This person is not a member of the organization."), code="not_a_member"
        )
    return membership


def refuse_staff(user):
    if user.staff_role:
        raise OrganizationError(_("Staff do not belong to organizations."), code="staff")


def refuse_service_member(user):
    if user.is_service:
        raise OrganizationError(
            _("%(name)s is an API key: it stays a plain member of its organization.")
            % {"name": user},
            code="service_member",
        )


def check_actor(actor, organization, may, **question):
    """Admins and the system may do everything; members what `may` says of their own role."""
    if actor is None or actor.is_admin:
        return
    membership = Membership.objects.filter(organization=organization, user=actor).first()
    if not may(membership, **question):
        raise OrganizationError(_("You are not allowed to do this."), code="not_allowed")


def check_writes(organization, actor):
    """A suspended organization reads but does not write; admins may still set it right."""
    if organization.is_suspended and not (actor is None or actor.is_admin):
        raise OrganizationError(
            _("%(organization)s is suspended: nothing can be changed now.")
            % {"organization": organization.name},
            code="suspended",
        )


def check_has_owner(organization):
    if not Membership.objects.of(organization).active_owners().exists():
        raise OrganizationError(
            _("%(organization)s must have an owner. Make another member an owner first.")
            % {"organization": organization.name},
            code="last_owner",
        )


def check_admin_remains(user, *, actor, was_admin):
    if not was_admin or user.is_admin:
        return
    if actor is not None and actor.pk == user.pk:
        raise OrganizationError(_("You cannot remove your own permissions."), code="own_rights")
    if not User.objects.admins().exclude(pk=user.pk).exists():
        raise OrganizationError(_("The helpdesk must have an admin."), code="last_admin")


def recorded(row, *, actor, now):
    """`row` with what its next line of history says: who and when."""
    row._history_user, row._history_date = actor, now
    return row


def save(row, *, actor, now, fields=None):
    recorded(row, actor=actor, now=now).save(update_fields=fields)

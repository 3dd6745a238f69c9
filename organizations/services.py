"""Every write to people, organizations and memberships.

Each takes the acting person (`actor`, None for the system) and the moment (`now`), leaves a line in
the history, and raises OrganizationError with a sentence for the reader when the domain refuses.
"""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from plans import services as plans
from plans.models import Plan

from . import access, permissions, signals
from .emails import normal_email
from .errors import OrganizationError
from .models import CustomPlan, Membership, Organization, Role, StaffRole, User
from .names import clean_name

# --- Organizations ----------------------------------------------------------------------------


@transaction.atomic
def register(user, *, name, key, now):
    """Make an organization on the default plan, with `user` as its owner."""
    _refuse_staff(user)
    if Organization.objects.filter(key=key).exists():
        raise OrganizationError(_("This key is taken. Choose another."), code="key_taken")
    organization = Organization(name=clean_name(name), key=key, created_at=now)
    _save(organization, actor=user, now=now)
    membership = Membership(user=user, organization=organization, role=Role.OWNER, joined_at=now)
    _save(membership, actor=user, now=now)
    signals.organization_registered.send(
        sender=Organization, organization=organization, actor=user, now=now
    )
    return organization


@transaction.atomic
def create_organization(*, name, key, actor, now, is_restricted=False):
    """Make an organization on the default plan, as an admin does; its first member must own it."""
    organization = Organization(
        name=clean_name(name), key=key, is_restricted=is_restricted, created_at=now
    )
    _save(organization, actor=actor, now=now)
    signals.organization_registered.send(
        sender=Organization, organization=organization, actor=actor, now=now
    )
    return organization


@transaction.atomic
def change_organization(organization, *, name, key, is_restricted, actor, now):
    """Change what an organization is called and what its plain members see."""
    organization = _locked(organization)
    organization.name, organization.key = clean_name(name), key
    organization.is_restricted = is_restricted
    _save(organization, actor=actor, now=now, fields=["name", "key", "is_restricted"])
    return organization


@transaction.atomic
def change_plan(organization, plan, *, actor, now):
    """Move an organization to another plan; its running clocks follow (domain.md, Clocks).

    A custom plan made for another organization is refused.
    """
    organization = _locked(organization)
    old_plan = organization.plan
    if old_plan.pk == plan.pk:
        return organization
    if CustomPlan.objects.filter(plan=plan).exclude(organization=organization).exists():
        raise OrganizationError(
            _("This plan was made for another organization."), code="plan_of_another"
        )
    organization.plan = plan
    _save(organization, actor=actor, now=now, fields=["plan"])
    signals.organization_plan_changed.send(
        sender=Organization,
        organization=organization,
        old_plan=old_plan,
        new_plan=plan,
        actor=actor,
        now=now,
    )
    return organization


@transaction.atomic
def make_custom_plan(organization, *, actor, now):
    """A copy of the organization's present plan that is its own: nobody else is shown it.

    The organization stays on its plan until it is moved.
    """
    organization = _locked(organization)
    names = {}
    for language in ("fa", "en"):
        with translation.override(language):
            names[f"name_{language}"] = (_("Custom: %s") % organization.name)[:80]
    stem = f"{organization.key[:28]}-custom"
    count = Plan.objects.filter(key__startswith=stem).count()
    key = stem + (f"-{count + 1}" if count else "")
    plan = plans.copy_plan(organization.plan, key=key, **names, actor=actor, now=now)
    CustomPlan.objects.create(plan=plan, organization=organization)
    return plan


@transaction.atomic
def suspend(organization, *, actor, now):
    """From now on the organization reads but does not write; its clocks are withdrawn."""
    organization = _locked(organization)
    if organization.is_suspended:
        return organization
    organization.suspended_at = now
    _save(organization, actor=actor, now=now, fields=["suspended_at"])
    signals.organization_suspended.send(
        sender=Organization, organization=organization, actor=actor, now=now
    )
    return organization


@transaction.atomic
def lift_suspension(organization, *, actor, now):
    """The organization may write again."""
    organization = _locked(organization)
    if not organization.is_suspended:
        return organization
    organization.suspended_at = None
    _save(organization, actor=actor, now=now, fields=["suspended_at"])
    signals.organization_suspension_lifted.send(
        sender=Organization, organization=organization, actor=actor, now=now
    )
    return organization


# --- Members ----------------------------------------------------------------------------------


@transaction.atomic
def add_member(organization, user, *, actor, now, role=Role.MEMBER):
    """Make a person a member. Staff are refused, and so is who belongs already.

    The first member of an organization must be its owner.
    """
    organization = _locked(organization)
    _refuse_staff(user)
    _check_actor(actor, organization, permissions.may_change_role, old="", new=role)
    if Membership.objects.filter(organization=organization, user=user).exists():
        raise OrganizationError(
            _("This person already belongs to the organization."), code="already_member"
        )
    membership = Membership(user=user, organization=organization, role=role, joined_at=now)
    _save(membership, actor=actor, now=now)
    _check_has_owner(organization)
    return membership


@transaction.atomic
def change_role(organization, user, role, *, actor, now):
    """Give a member another role; the last owner stays one."""
    organization = _locked(organization)
    membership = _membership(organization, user)
    _check_actor(actor, organization, permissions.may_change_role, old=membership.role, new=role)
    if membership.role == role:
        return membership
    membership.role = role
    _save(membership, actor=actor, now=now, fields=["role"])
    _check_has_owner(organization)
    return membership


@transaction.atomic
def remove_member(organization, user, *, actor, now):
    """End a membership, by somebody who may or by the person. The last owner stays.

    Their tickets stay with the organization.
    """
    # The person before the organization, as whoever writes a ticket locks them.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    organization = _locked(organization)
    membership = _membership(organization, user)
    if actor is None or actor.pk != user.pk:
        _check_actor(actor, organization, permissions.may_remove, role=membership.role)
    _recorded(membership, actor=actor, now=now).delete()
    _check_has_owner(organization)
    User.objects.filter(pk=user.pk, working_in=organization).update(working_in=None)
    signals.member_removed.send(
        sender=Membership, organization=organization, user=user, actor=actor, now=now
    )


def work_in(user, organization):
    """Choose which of one's organizations comes first."""
    if organization.pk not in user.membership_by_organization:
        raise OrganizationError(_("You do not belong to this organization."), code="not_a_member")
    user.working_in = organization
    user.save(update_fields=["working_in"])


# --- People -----------------------------------------------------------------------------------


@transaction.atomic
def create_staff(*, email, name, staff_role, actor, now, language="fa"):
    """Make an account of the helpdesk's own and mail its single-use link.

    Nobody types a password for somebody else: until the link is used there is none.
    """
    if staff_role not in StaffRole.values:
        raise ValueError(f"{staff_role!r} is no role of staff")
    return _create_person(
        User(email=email, name=name, staff_role=staff_role, language=language),
        actor=actor,
        now=now,
    )


@transaction.atomic
def create_customer(*, email, name, actor, now, language="fa"):
    """Make an account for a customer, as an admin does, and mail its single-use link."""
    return _create_person(User(email=email, name=name, language=language), actor=actor, now=now)


@transaction.atomic
def change_person(user, *, actor, now, **fields):
    """Change the `fields` of a person: name, email, language, time_zone, staff_role.

    A new address has to be proven again. A changed role or address ends the person's sessions.
    Nobody moves between staff and customers: what they wrote keeps its side.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    old_email, old_role = user.email, user.staff_role
    for name, value in fields.items():
        setattr(user, name, value)
    user.email, user.name = normal_email(user.email), clean_name(user.name)
    if bool(user.staff_role) != bool(old_role):
        raise OrganizationError(
            _("Staff do not become customers, nor customers staff. Make a new account instead."),
            code="changes_sides",
        )
    _check_admin_remains(user, actor=actor, was_admin=old_role == StaffRole.ADMIN)
    _save(user, actor=actor, now=now, fields=list(fields))
    if user.email != old_email:
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    if user.email != old_email or user.staff_role != old_role:
        access.end_sessions(user)
    return user


def change_own_profile(user, *, now, name, language, time_zone, theme):
    """Change what a person says about themselves."""
    user.name, user.language = clean_name(name), language
    user.time_zone, user.theme = time_zone, theme
    _save(user, actor=user, now=now, fields=["name", "language", "time_zone", "theme"])


def change_language(user, language, *, now):
    """Pages and mail follow the language that a person chose."""
    user.language = language
    _save(user, actor=user, now=now, fields=["language"])


def change_theme(user, theme):
    """Light, dark, or as the device; of no interest to the history."""
    user.theme = theme
    user.save(update_fields=["theme"])


@transaction.atomic
def deactivate(user, *, actor, now):
    """Shut a person out at once. An agent is cleared from every open ticket.

    Refused for oneself, for the last admin, and for the last owner of an organization that is not
    suspended.
    """
    # Not the key: what tells the person of a ticket must not wait for this, nor this for it.
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not user.is_active:
        return user
    owned = [_locked(each.organization) for each in user.memberships.filter(role=Role.OWNER)]
    was_admin = user.is_admin
    user.is_active = False
    _check_admin_remains(user, actor=actor, was_admin=was_admin)
    _save(user, actor=actor, now=now, fields=["is_active"])
    for organization in owned:
        if not organization.is_suspended:
            _check_has_owner(organization)
    access.end_sessions(user)
    if user.staff_role:
        signals.agent_deactivated.send(sender=User, user=user, actor=actor, now=now)
    return user


@transaction.atomic
def reactivate(user, *, actor, now):
    """Let a deactivated person in again; their password is as it was."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        user.is_active = True
        _save(user, actor=actor, now=now, fields=["is_active"])
    return user


# --- Shared -----------------------------------------------------------------------------------


def _create_person(user, *, actor, now):
    user.email, user.name, user.joined_at = normal_email(user.email), clean_name(user.name), now
    if User.objects.filter(email=user.email).exists():
        raise OrganizationError(
            _("There is already a person with this e-mail address."), code="email_taken"
        )
    user.set_unusable_password()
    _save(user, actor=actor, now=now)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    access.send_password_link(user)
    return user


def _locked(organization):
    return Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=organization.pk)


def _membership(organization, user):
    membership = Membership.objects.filter(organization=organization, user=user).first()
    if membership is None:
        raise OrganizationError(
            _("This person does not belong to the organization."), code="not_a_member"
        )
    return membership


def _refuse_staff(user):
    if user.staff_role:
        raise OrganizationError(_("Staff do not belong to organizations."), code="staff")


def _check_actor(actor, organization, may, **question):
    """Admins and the system may do everything; members what `may` says of their own role."""
    if actor is None or actor.is_admin:
        return
    membership = Membership.objects.filter(organization=organization, user=actor).first()
    if not may(membership, **question):
        raise OrganizationError(_("You may not do this."), code="not_allowed")


def _check_has_owner(organization):
    if not Membership.objects.of(organization).active_owners().exists():
        raise OrganizationError(
            _("%(organization)s must keep an owner. Make another member its owner first.")
            % {"organization": organization.name},
            code="last_owner",
        )


def _check_admin_remains(user, *, actor, was_admin):
    if not was_admin or user.is_admin:
        return
    if actor is not None and actor.pk == user.pk:
        raise OrganizationError(_("You cannot take away your own rights."), code="own_rights")
    if not User.objects.admins().exclude(pk=user.pk).exists():
        raise OrganizationError(_("The helpdesk must keep an admin."), code="last_admin")


def _recorded(row, *, actor, now):
    """`row` with what its next line of history says: who and when."""
    row._history_user, row._history_date = actor, now
    return row


def _save(row, *, actor, now, fields=None):
    _recorded(row, actor=actor, now=now).save(update_fields=fields)

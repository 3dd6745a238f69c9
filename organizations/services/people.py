"""Accounts of people, and what they say of themselves."""

from allauth.account.models import EmailAddress
from django.utils import timezone
from django.utils.translation import gettext as _

from organizations import credentials, signals
from organizations.emails import normal_email
from organizations.errors import OrganizationError, StaleProfile
from organizations.models import Role, StaffRole, User
from plans.transactions import in_transaction
from ui.names import clean_name

from . import base
from .invitations import revoke_invitations_of

UNDELIVERABLE_FIELDS = ["undeliverable_email", "undeliverable_at", "undeliverable_reason"]


@in_transaction
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


@in_transaction
def create_customer(*, email, name, actor, now, language="fa"):
    """Make an account for a customer, as an admin does, and mail its single-use link."""
    return _create_person(User(email=email, name=name, language=language), actor=actor, now=now)


@in_transaction
def change_person(user, *, actor, now, **fields):
    """Change the `fields` of a person: name, email, language, time_zone, staff_role.

    A new address has to be proven again. A changed role or address ends the person's sessions.
    Nobody moves between staff and customers: what they wrote keeps its side.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    old_email, old_role, old_name = user.email, user.staff_role, str(user)
    for name, value in fields.items():
        setattr(user, name, value)
    user.email, user.name = normal_email(user.email), clean_name(user.name)
    if bool(user.staff_role) != bool(old_role):
        raise OrganizationError(
            _(
                "Staff accounts cannot become customer accounts, nor customer accounts "
                "staff accounts. Create a new account instead."
            ),
            code="changes_sides",
        )
    base.check_admin_remains(user, actor=actor, was_admin=old_role == StaffRole.ADMIN)
    base.save(user, actor=actor, now=now, fields=list(fields))
    _tell_new_name(user, old_name, actor=actor, now=now)
    if user.email != old_email:
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    if user.email != old_email or user.staff_role != old_role:
        credentials.end_sessions(user)
    return user


@in_transaction
def change_own_profile(user, *, now, seen, **changed):
    """Change what a person says about themselves: only the fields `changed`.

    `seen` are the values that the person was shown. Raises StaleProfile, and changes nothing, when
    one that is to change was changed meanwhile from elsewhere.
    """
    stored = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    stale = {
        name: getattr(stored, name)
        for name, value in changed.items()
        if name in seen and getattr(stored, name) not in {seen[name], value}
    }
    if stale:
        raise StaleProfile(stale)
    old_name = str(stored)
    if "name" in changed:
        changed["name"] = clean_name(changed["name"])
    # A form that is sent twice at once changes nothing the second time.
    new = {name: value for name, value in changed.items() if getattr(stored, name) != value}
    for name, value in new.items():
        setattr(stored, name, value)
    if new:
        base.save(stored, actor=user, now=now, fields=list(new))
        _tell_new_name(stored, old_name, actor=user, now=now)
    return stored


def _tell_new_name(user, old_name, *, actor, now):
    if str(user) != old_name:
        signals.person_renamed.send(sender=User, user=user, actor=actor, now=now)


def change_language(user, language, *, now):
    """Pages and mail follow the language that a person chose."""
    user.language = language
    base.save(user, actor=user, now=now, fields=["language"])


def mark_undeliverable(user, *, reason, now):
    """Remember that e-mails to the address of a locked person came back for good."""
    user.undeliverable_email, user.undeliverable_at = user.email, now
    user.undeliverable_reason = reason[:300]
    base.save(user, actor=None, now=now, fields=UNDELIVERABLE_FIELDS)


@in_transaction
def clear_undeliverable(user, *, actor, now=None):
    """Let e-mails go to the person's address again. Returns whether it was marked."""
    now = now or timezone.now()
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    signals.address_works.send(sender=User, user=user)
    if not user.undeliverable_email:
        return False
    user.undeliverable_email, user.undeliverable_at, user.undeliverable_reason = "", None, ""
    base.save(user, actor=actor, now=now, fields=UNDELIVERABLE_FIELDS)
    return True


def change_going_on(user, goes_on):
    """Lead an agent to the next ticket after each answer, or not any more."""
    user.goes_on_after_reply = goes_on
    user.save(update_fields=["goes_on_after_reply"])


def change_shortcuts(user, uses_shortcuts):
    """Let keys press buttons on an agent's pages, or not."""
    user.uses_shortcuts = uses_shortcuts
    user.save(update_fields=["uses_shortcuts"])


def change_theme(user, theme):
    """Light, dark, or as the device; of no interest to the history."""
    user.theme = theme
    user.save(update_fields=["theme"])


@in_transaction
def deactivate(user, *, actor, now):
    """Shut a person out at once. An agent is cleared from every open ticket.

    Refused for oneself, for the last admin, and for the last owner of an organization that is not
    suspended.
    """
    # no_key: writing a notification for the person must not wait for this, nor this for it.
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not user.is_active:
        return user
    owned = [base.locked(each.organization) for each in user.memberships.filter(role=Role.OWNER)]
    was_admin = user.is_admin
    user.is_active = False
    base.check_admin_remains(user, actor=actor, was_admin=was_admin)
    base.save(user, actor=actor, now=now, fields=["is_active"])
    for organization in owned:
        if not organization.is_suspended:
            base.check_has_owner(organization)
    for membership in user.memberships.select_related("organization"):
        revoke_invitations_of(user, membership.organization, membership=None, actor=actor, now=now)
    credentials.end_sessions(user)
    if user.staff_role:
        signals.agent_deactivated.send(sender=User, user=user, actor=actor, now=now)
    return user


@in_transaction
def reactivate(user, *, actor, now):
    """Let a deactivated person in again; their password is as it was."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        user.is_active = True
        base.save(user, actor=actor, now=now, fields=["is_active"])
    return user


def _create_person(user, *, actor, now):
    user.email, user.name, user.joined_at = normal_email(user.email), clean_name(user.name), now
    if User.objects.filter(email=user.email).exists():
        raise OrganizationError(
            _("There is already a person with this e-mail address."), code="email_taken"
        )
    user.set_unusable_password()
    base.save(user, actor=actor, now=now)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    credentials.send_password_link(user)
    return user

"""What becomes of an organization: registered, renamed, moved to a plan, suspended."""

from itertools import chain, count
from string import ascii_lowercase

from django.utils import translation
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import gettext as _

from organizations import permissions, signals
from organizations.errors import OrganizationError
from organizations.models import CustomPlan, Membership, Organization, Role, SentForm, User
from plans import services as plans
from plans.models import Plan
from plans.transactions import in_transaction
from ui.names import clean_name
from ui.wording import digits

from . import base, sending

# That one person founds; a helpdesk is no place to collect names.
MOST_OWNED = 5
# Of a key that is made from a name; a random part may follow.
LONGEST_STEM = 32
LETTERS = ascii_lowercase + "23456789"


def free_key(name):
    """A key for an organization whose owner chose none: of its Latin name, else a random one."""
    stem = slugify(name)[:LONGEST_STEM].strip("-_").replace("_", "-")
    if len(stem) > 1 and not Organization.objects.filter(key=stem).exists():
        return stem
    return f"{stem or 'org'}-{get_random_string(6, LETTERS)}"


@in_transaction
def register(user, *, name, key, now):
    """Make an organization on the default plan, with `user` as its owner."""
    base.refuse_staff(user)
    if Organization.objects.filter(key=key).exists():
        raise OrganizationError(_("This key is taken. Choose another one."), code="key_taken")
    organization = Organization(name=clean_name(name), key=key, created_at=now)
    base.save(organization, actor=user, now=now)
    membership = Membership(user=user, organization=organization, role=Role.OWNER, joined_at=now)
    base.save(membership, actor=user, now=now)
    signals.organization_registered.send(
        sender=Organization, organization=organization, actor=user, now=now
    )
    return organization


@in_transaction
def found(user, *, name, key, now, form_key=None):
    """Register one more organization of a person, and work in it; a person owns a few at most.

    Without a `key` it gets one of its name. The same form sent twice gives the first organization.
    """
    content = {"name": clean_name(name), "key": key}
    if sent := sending.first_result(user, form_key, SentForm.Act.FOUND, content):
        return Organization.objects.get(pk=sent)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.memberships.filter(role=Role.OWNER).count() >= MOST_OWNED:
        raise OrganizationError(
            _("You already own %(count)s organizations; to create more, contact us.")
            % {"count": digits(MOST_OWNED)},
            code="too_many",
        )
    organization = register(user, name=name, key=key or free_key(name), now=now)
    user.working_in = organization
    user.save(update_fields=["working_in"])
    sending.record_sent(user, form_key, SentForm.Act.FOUND, content, result=organization, now=now)
    return organization


@in_transaction
def create_organization(*, name, key, actor, now, is_restricted=False):
    """Make an organization on the default plan, as an admin does; its first member must own it."""
    organization = Organization(
        name=clean_name(name), key=key, is_restricted=is_restricted, created_at=now
    )
    base.save(organization, actor=actor, now=now)
    signals.organization_registered.send(
        sender=Organization, organization=organization, actor=actor, now=now
    )
    return organization


@in_transaction
def change_organization(organization, *, name, key, is_restricted, actor, now):
    """Change what an organization is called and what its plain members see."""
    organization = base.locked(organization)
    old_name = organization.name
    organization.name, organization.key = clean_name(name), key
    organization.is_restricted = is_restricted
    base.save(organization, actor=actor, now=now, fields=["name", "key", "is_restricted"])
    if organization.name != old_name:
        signals.organization_renamed.send(
            sender=Organization, organization=organization, actor=actor, now=now
        )
    return organization


@in_transaction
def restrict(organization, is_restricted, *, actor, now):
    """Let plain members see only what they requested or watch, or everything; an owner decides."""
    organization = base.locked(organization)
    base.check_actor(actor, organization, permissions.may_manage_organization)
    base.check_writes(organization, actor)
    if organization.is_restricted != is_restricted:
        organization.is_restricted = is_restricted
        base.save(organization, actor=actor, now=now, fields=["is_restricted"])
    return organization


@in_transaction
def change_plan(organization, plan, *, actor, now):
    """Move an organization to another plan; its running clocks follow (domain.md, Clocks).

    A custom plan made for another organization is refused.
    """
    organization = base.locked(organization)
    old_plan = organization.plan
    if old_plan.pk == plan.pk:
        return organization
    if CustomPlan.objects.filter(plan=plan).exclude(organization=organization).exists():
        raise OrganizationError(
            _("This plan was made for another organization."), code="plan_of_another"
        )
    organization.plan = plan
    base.save(organization, actor=actor, now=now, fields=["plan"])
    signals.organization_plan_changed.send(
        sender=Organization,
        organization=organization,
        old_plan=old_plan,
        new_plan=plan,
        actor=actor,
        now=now,
    )
    return organization


@in_transaction
def make_custom_plan(organization, *, actor, now, source=None, moves_now=False, form_key=None):
    """A copy of a plan (its present one) that is the organization's own: nobody else is shown it.

    The organization stays on its plan until it is moved, which may be at once. The same form sent
    twice gives the first copy.
    """
    content = {
        "organization": organization.pk,
        "name": organization.name,
        "plan": source and source.pk,
        "moves_now": moves_now,
    }
    if sent := sending.first_result(actor, form_key, SentForm.Act.COPY_PLAN, content):
        return Plan.objects.get(pk=sent)
    organization = base.locked(organization)
    names = {}
    for language in ("fa", "en"):
        with translation.override(language):
            names[f"name_{language}"] = (_("Custom: %s") % organization.name)[:80]
    stem = f"{organization.key[:28]}-custom"
    taken = set(Plan.objects.filter(key__startswith=stem).values_list("key", flat=True))
    keys = chain([stem], (f"{stem}-{number}" for number in count(2)))
    key = next(each for each in keys if each not in taken)
    copied = source or organization.plan
    plan = plans.copy_plan(copied, key=key, **names, actor=actor, now=now)
    CustomPlan.objects.create(plan=plan, organization=organization)
    if moves_now:
        change_plan(organization, plan, actor=actor, now=now)
    sending.record_sent(actor, form_key, SentForm.Act.COPY_PLAN, content, result=plan, now=now)
    return plan


@in_transaction
def suspend(organization, *, actor, now):
    """From now on the organization reads but does not write; its clocks are withdrawn."""
    organization = base.locked(organization)
    if organization.is_suspended:
        return organization
    organization.suspended_at = now
    base.save(organization, actor=actor, now=now, fields=["suspended_at"])
    signals.organization_suspended.send(
        sender=Organization, organization=organization, actor=actor, now=now
    )
    return organization


@in_transaction
def lift_suspension(organization, *, actor, now):
    """The organization may write again."""
    organization = base.locked(organization)
    if not organization.is_suspended:
        return organization
    organization.suspended_at = None
    base.save(organization, actor=actor, now=now, fields=["suspended_at"])
    signals.organization_suspension_lifted.send(
        sender=Organization, organization=organization, actor=actor, now=now
    )
    return organization

"""Members that are no people: each is made for an API key of an organization, and ends with it."""

from uuid import uuid4

from organizations import permissions
from organizations.models import Membership, User
from plans.transactions import in_transaction
from ui.names import clean_name

from . import base

# Nobody has an address there (RFC 2606): nothing is ever sent to it.
ADDRESS = "%s@keys.invalid"


@in_transaction
def create_service_member(organization, *, name, actor, now):
    """A plain member as whom a program acts, made by an owner. It has no password and no address:
    nobody signs in as it, and it is notified of nothing."""
    organization = base.locked(organization)
    base.check_actor(actor, organization, permissions.may_manage_organization)
    base.check_writes(organization, actor)
    user = User(
        email=ADDRESS % uuid4().hex,
        name=clean_name(name),
        is_service=True,
        language=actor.language,
        time_zone=actor.time_zone,
        joined_at=now,
    )
    user.set_unusable_password()
    base.save(user, actor=actor, now=now)
    membership = Membership(user=user, organization=organization, joined_at=now)
    base.save(membership, actor=actor, now=now)
    return user


@in_transaction
def end_service_member(user, *, actor, now):
    """End the membership of a service member, also while the organization is suspended; what was
    written as it keeps its name, and whoever is notified of its tickets stays so."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk, is_service=True)
    for membership in user.memberships.all():
        base.recorded(membership, actor=actor, now=now).delete()

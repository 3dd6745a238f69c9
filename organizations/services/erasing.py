"""Erasing who a person was; the row stays, because what they did points to it."""

from django.contrib.auth.hashers import make_password
from django.db.models import CASCADE
from django.utils import translation
from django.utils.translation import gettext as _

from organizations.errors import OrganizationError
from organizations.models import Invitation, Membership, User
from plans.transactions import in_transaction

from . import base
from .members import remove_member
from .people import deactivate

# Nobody has an address there (RFC 2606): nothing is ever sent to it.
ADDRESS = "erased-%s@erased.invalid"


def known_as(person):
    """(names, addresses, numbers) that the person has and had."""
    had = list(person.history.values_list("name", "email", "phone"))
    names, emails, phones = zip((person.name, person.email, person.phone), *had, strict=True)
    return set(names) - {""}, set(emails), set(phones) - {""}


@in_transaction
def shut_out(person, *, now):
    """Refuse staff and keys, then end the account's sessions and its memberships.

    Raises OrganizationError where the person is the last owner of an organization.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.staff_role:
        raise OrganizationError(
            _("Staff are not erased: what they answered keeps its name. Deactivate them."),
            code="staff",
        )
    base.refuse_service_member(person)
    deactivate(person, actor=None, now=now)
    for membership in person.memberships.select_related("organization"):
        remove_member(membership.organization, person, actor=None, now=now)


@in_transaction
def erase_account(person, *, now, keep=()):
    """Take name, addresses and all that was the person's alone out of the account and its history.

    Rows that end with a person are deleted, of whatever app; those of the models `keep` the caller
    has dealt with. The address is free again.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    _names, emails, _phones = known_as(person)
    with translation.override(person.language):
        name = _("Erased person %(number)s") % {"number": person.pk}
    email = ADDRESS % person.pk
    for relation in User._meta.get_fields(include_hidden=True):
        if getattr(relation, "on_delete", None) is CASCADE and relation.auto_created:
            model = relation.related_model
            if model not in {Membership, *keep}:
                model._base_manager.filter(**{relation.field.name: person}).delete()
    for invitations in (Invitation.objects, Invitation.history):
        invitations.filter(email__in=emails, accepted_at=None, revoked_at=None).update(
            revoked_at=now
        )
        invitations.filter(email__in=emails).update(email=email)
    person.name, person.email, person.phone = name, email, ""
    person.undeliverable_email, person.undeliverable_at = email, now
    person.undeliverable_reason, person.working_in = "", None
    person.password, person.is_active, person.last_login = make_password(None), False, None
    base.save(person, actor=None, now=now)
    person.history.update(
        name=name, email=email, phone="", undeliverable_email=email, history_change_reason=None
    )
    return person

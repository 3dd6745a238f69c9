"""People and organizations that come with tickets from another system, in one go."""

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from simple_history.utils import bulk_create_with_history

from organizations import signals
from organizations.emails import normal_email
from organizations.models import Membership, Organization, User
from plans.transactions import in_transaction
from ui.names import clean_name

BATCH = 500
LONGEST_NAME = 80


@in_transaction
def import_people(people, *, now):
    """Make accounts of unsaved `people`, whose addresses nobody has here. Returns them.

    They have no password and their addresses are not proven: they get in by the link of “forgot
    password”, and nobody is sent anything now.
    """
    for user in people:
        user.email = normal_email(user.email)
        user.name, user.joined_at = clean_name(user.name)[:LONGEST_NAME], now
        user.password = make_password(None)
    made = bulk_create_with_history(people, User, batch_size=BATCH, default_date=now)
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, primary=True, verified=False) for user in made],
        batch_size=BATCH,
    )
    return made


@in_transaction
def import_organizations(organizations, *, now):
    """Make unsaved `organizations`, on the default plan. Returns them."""
    for organization in organizations:
        organization.name = clean_name(organization.name)[:LONGEST_NAME]
        organization.created_at = now
    made = bulk_create_with_history(organizations, Organization, batch_size=BATCH, default_date=now)
    for organization in made:
        signals.organization_registered.send(
            sender=Organization, organization=organization, actor=None, now=now
        )
    return made


@in_transaction
def import_memberships(memberships, *, now):
    """Make unsaved `memberships`, of people who do not belong there yet. Returns them."""
    for membership in memberships:
        membership.joined_at = now
    return bulk_create_with_history(memberships, Membership, batch_size=BATCH, default_date=now)

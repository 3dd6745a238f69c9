"""Making the organizations and accounts that imported tickets need, and who belongs where."""

from moving.models import SourceId, SourceKind
from moving.parties import CUSTOMER_ROLES
from organizations.models import Membership, Organization, Role, StaffRole, User
from organizations.services import (
    free_key,
    import_memberships,
    import_organizations,
    import_people,
)
from plans.transactions import in_transaction

from .sources import hold, note


@in_transaction(durable=True)
def make_parties(source, resolver, requesters, *, now):
    """Make what is missing, once however often it is called.

    `requesters` are pairs of an organization there and who has asked for it. The first one owns a
    new organization of which the source names no owner.
    """
    hold(source)
    # Another run may have made some of them since they were looked up.
    resolver.companies.match()
    resolver.people.match()
    companies = _make_companies(source, resolver, now)
    people = _make_people(source, resolver, now)
    made = {id(each) for each in [*companies, *people]} | {
        id(resolver.people.by_id[key]) for key in resolver.people.made
    }
    pairs = [
        *(
            (resolver.companies.find(each.organization), each)
            for each in resolver.people.by_email.values()
        ),
        *requesters,
    ]
    # Who belonged here before, and where, is as they and their owners wish.
    wanted = {
        (person.user.pk, company.organization.pk): person
        for company, person in pairs
        if company
        and company.organization
        and person.user
        and not person.user.staff_role
        and (id(person) in made or company.is_made_here)
    }
    owners = {}
    for company, person in requesters:
        if company.organization and person.user:
            owners.setdefault(company.organization.pk, person.user.pk)
    _make_memberships(source, wanted, owners, now)


def _make_companies(source, resolver, now):
    companies, keys = resolver.companies.to_make(), set()
    for company in companies:
        company.organization = Organization(name=company.name, key=free_key(company.name))
        # Another new one may have asked for the same key, which nobody has yet.
        while company.organization.key in keys:
            company.organization.key = free_key("")
        keys.add(company.organization.key)
        company.is_made_here = True
    import_organizations([each.organization for each in companies], now=now)
    pairs = [(each.external_id, each.organization.pk) for each in companies]
    note(source, SourceKind.ORGANIZATION, pairs)
    return companies


def _make_people(source, resolver, now):
    """Customers sign in by “forgot password”; as support that is not here, nobody does."""
    people = resolver.people.to_make()
    for person in people:
        person.user = User(email=person.email, name=person.name)
        if person.role == "agent":
            person.user.staff_role, person.user.is_active = StaffRole.AGENT, False
        if not person.is_reachable:
            person.user.undeliverable_email, person.user.undeliverable_at = person.email, now
    import_people([each.user for each in people], now=now)
    note(source, SourceKind.PERSON, [(each.external_id, each.user.pk) for each in people])
    return people


def _make_memberships(source, wanted, owners, now):
    """Those of `wanted`, people by (person, organization), that are not there and never were."""
    people = {user for user, _organization in wanted}
    there = Membership.objects.filter(user__in=people).values_list("user_id", "organization_id")
    noted = SourceId.objects.filter(source=source, kind=SourceKind.MEMBERSHIP)
    noted = set(noted.values_list("external_id", flat=True)) | {_key(each) for each in there}
    new = {keys: person for keys, person in wanted.items() if _key(keys) not in noted}
    owned = set(Membership.objects.filter(role=Role.OWNER).values_list("organization", flat=True))
    owned |= {keys[1] for keys, person in new.items() if person.role == Role.OWNER}
    made = []
    for (user, organization), person in new.items():
        role = person.role if person.role in CUSTOMER_ROLES else Role.MEMBER
        if organization not in owned and owners.get(organization) == user:
            role = Role.OWNER
            owned.add(organization)
        made.append(Membership(user_id=user, organization_id=organization, role=role))
    import_memberships(made, now=now)
    note(source, SourceKind.MEMBERSHIP, [(_key(keys), keys[0]) for keys in new])


def _key(keys):
    return f"{keys[0]}:{keys[1]}"

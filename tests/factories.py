"""Builders of rows with fixed values; a test names only what it is about."""

from datetime import UTC, datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from organizations.models import CustomPlan, Membership, Organization, Role, StaffRole, User
from plans.models import Plan

PASSWORD = "a long road to Tabriz"
# Saturday 2026-05-02 (1405-02-12), 10:00 in Tehran: a working day, inside working hours.
NOW = datetime(2026, 5, 2, 6, 30, tzinfo=UTC)


def make_user(email="someone@pars.example", *, verified=True, password=PASSWORD, **fields):
    """A person who can sign in with PASSWORD (nobody can with `password=None`)."""
    fields.setdefault("name", email.partition("@")[0].replace(".", " ").title())
    fields.setdefault("joined_at", NOW)
    user = User(email=email, password=make_password(password), **fields)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user


def make_agent(email="agent@helpdesk.example", *, staff_role=StaffRole.AGENT, **fields):
    return make_user(email, staff_role=staff_role, **fields)


def make_organization(name="Pars Cloud", *, key=None, plan="developer", **fields):
    """An organization on the shipped plan of that key; without members."""
    fields.setdefault("created_at", NOW)
    return Organization.objects.create(
        name=name,
        key=key or name.casefold().replace(" ", "-"),
        plan=plan if isinstance(plan, Plan) else Plan.objects.get(key=plan),
        **fields,
    )


def make_member(organization, email, *, role=Role.MEMBER, **fields):
    """A person who belongs to `organization`."""
    user = make_user(email, **fields)
    Membership.objects.create(user=user, organization=organization, role=role, joined_at=NOW)
    return user


def make_custom_plan(organization, *, key="custom", **fields):
    """A plan of one organization, with no commitment in any cell."""
    fields = {"name_fa": "سفارشی", "name_en": "Custom", "position": 9} | fields
    plan = Plan.objects.create(key=key, **fields)
    CustomPlan.objects.create(plan=plan, organization=organization)
    return plan

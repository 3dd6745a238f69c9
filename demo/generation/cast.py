"""The organizations, members and agents of generated tickets. Nobody can sign in as one."""

from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.hashers import make_password

from organizations.models import Membership, Organization, Role, StaffRole, User
from plans.models import Plan
from tickets.models import place_of

ORGANIZATIONS, AGENTS = 200, 20
# Of ten organizations five are on the smallest plan, and one on the largest.
PLANS = ["developer"] * 5 + ["business"] * 2 + ["sme"] * 2 + ["enterprise"]
MEMBERS = {"owner": Role.OWNER, "manager": Role.MANAGER, "member": Role.MEMBER}


@dataclass(frozen=True)
class Company:
    """An organization, its plan's key, and the ids of its people by role."""

    organization: Organization
    people: dict

    @property
    def key(self):
        return self.organization.pk

    @property
    def plan(self):
        return self.organization.plan.key

    @cached_property
    def place(self):
        """Its place in alphabetical order."""
        return place_of(self.organization)


@dataclass(frozen=True)
class Cast:
    """The companies and the ids of the agents; `places` are those of the agents in alphabetical
    order by id, and that of nobody."""

    companies: list
    agents: list
    places: dict

    def on_plan(self, plan):
        return [each for each in self.companies if each.plan == plan]


def gather(*, now):
    """The cast, made at the first time and found again at the next."""
    _make_organizations(now)
    people = _make_people(now)
    _make_memberships(people, now)
    found = Organization.objects.filter(key__startswith="generated-").select_related("plan")
    companies = [
        Company(each, {role: people[_member(each.key, role)] for role in MEMBERS})
        for each in found.order_by("key")
    ]
    agents = [people[_agent(number)] for number in range(AGENTS)]
    named = User.objects.in_bulk(agents)
    places = {key: place_of(named[key]) for key in agents}
    return Cast(companies, agents, {None: place_of(None)} | places)


def _make_organizations(now):
    plans = {plan.key: plan for plan in Plan.objects.filter(key__in=PLANS)}
    rows = [
        Organization(
            name=f"Generated {number:03}",
            key=key,
            plan=plans[PLANS[number % len(PLANS)]],
            created_at=now,
        )
        for number, key in enumerate(_keys())
    ]
    Organization.objects.bulk_create(rows, ignore_conflicts=True)


def _make_people(now):
    """The ids of all people by address."""
    nobody = {"password": make_password(None), "joined_at": now}
    rows = [
        User(email=_agent(number), name=f"Agent {number:02}", staff_role=StaffRole.AGENT, **nobody)
        for number in range(AGENTS)
    ]
    rows += [
        User(email=_member(key, role), name=f"{role.title()} {key[-3:]}", **nobody)
        for key in _keys()
        for role in MEMBERS
    ]
    User.objects.bulk_create(rows, ignore_conflicts=True)
    return dict(User.objects.filter(email__endswith=".invalid").values_list("email", "pk"))


def _make_memberships(people, now):
    organizations = Organization.objects.filter(key__in=_keys())
    rows = [
        Membership(
            user_id=people[_member(each.key, name)], organization=each, role=role, joined_at=now
        )
        for each in organizations
        for name, role in MEMBERS.items()
    ]
    Membership.objects.bulk_create(rows, ignore_conflicts=True)


def _keys():
    return [f"generated-{number:03}" for number in range(ORGANIZATIONS)]


def _member(key, role):
    return f"{role}@{key}.invalid"


def _agent(number):
    return f"agent{number:02}@helpdesk.invalid"

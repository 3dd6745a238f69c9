"""Who plays: the helpdesk's own people, six organizations, and the plan made for one of them."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from organizations import services as organization_services
from organizations.models import CustomPlan, Organization, Role, StaffRole, User
from plans import services as plan_services
from plans.models import Plan, Priority

PASSWORD = "demo"  # noqa: S105 everybody may know it
# The plan of the bank promises too by when a ticket is closed.
RESOLUTION_HOURS = {
    Priority.LOW: 240,
    Priority.NORMAL: 96,
    Priority.HIGH: 48,
    Priority.URGENT: 12,
    Priority.CRITICAL: 4,
}
# When the people and organizations came, before anything else happened.
JOINED_BEFORE = timedelta(days=200)


@dataclass(frozen=True)
class Person:
    """Somebody who signs in; `role` is one of staff or one in an organization."""

    key: str
    email: str
    name: str
    role: str = Role.MEMBER
    language: str = "fa"
    time_zone: str = "Asia/Tehran"


@dataclass(frozen=True)
class Company:
    """An organization with its people, the owner first. A plan of None is made for it."""

    key: str
    name: str
    plan: str | None
    people: tuple[Person, ...]
    is_restricted: bool = False


STAFF = (
    Person("babak", "admin@helpdesk.example", "بابک نوری", StaffRole.ADMIN),
    Person("leila", "supervisor@helpdesk.example", "لیلا کریمی", StaffRole.SUPERVISOR),
    Person("maryam", "agent@helpdesk.example", "مریم احمدی", StaffRole.AGENT),
    Person("amir", "agent2@helpdesk.example", "امیر حسینی", StaffRole.AGENT),
    Person("negar", "agent3@helpdesk.example", "نگار رستمی", StaffRole.AGENT),
    Person("sina", "agent4@helpdesk.example", "Sina Moradi", StaffRole.AGENT, "en"),
)
# Works for two of them.
KAVEH = Person("kaveh", "kaveh@sharifi.example", "کاوه شریفی")
COMPANIES = (
    Company(
        "pars",
        "فناوری پارس",
        "developer",
        (
            Person("sara", "sara@pars.example", "سارا پارسا", Role.OWNER),
            Person("nima", "nima@pars.example", "نیما پارسا"),
            Person("elham", "elham@pars.example", "الهام رستگار", Role.MANAGER),
            KAVEH,
        ),
    ),
    Company(
        "mahoor",
        "فروشگاه ماهور",
        "business",
        (
            Person("mahsa", "mahsa@mahoor.example", "مهسا فروزان", Role.OWNER),
            Person("arash", "arash@mahoor.example", "آرش کیانی", Role.MANAGER),
            Person("taraneh", "taraneh@mahoor.example", "ترانه صادقی"),
            KAVEH,
        ),
    ),
    Company(
        "rahvar",
        "لجستیک راهوار",
        "sme",
        (
            Person("hamed", "hamed@rahvar.example", "حامد یزدانی", Role.OWNER),
            Person("shirin", "shirin@rahvar.example", "شیرین مقدم", Role.MANAGER),
            Person("pouya", "pouya@rahvar.example", "پویا نظری"),
        ),
        is_restricted=True,
    ),
    Company(
        "arya",
        "گروه آریا",
        "enterprise",
        (
            Person("reza", "reza@arya.example", "رضا آریان", Role.OWNER),
            Person("farhad", "farhad@arya.example", "فرهاد نیک‌نام", Role.MANAGER),
            Person("mina", "mina@arya.example", "مینا تهرانی"),
            Person("daniel", "daniel@arya.example", "Daniel Whitfield", language="en"),
        ),
    ),
    Company(
        "negin",
        "بانک نگین",
        None,
        (
            Person("bahar", "bahar@negin.example", "بهار افشار", Role.OWNER),
            Person("omid", "omid@negin.example", "امید کاظمی", Role.MANAGER),
            Person("parisa", "parisa@negin.example", "پریسا مرتضوی"),
        ),
    ),
    Company(
        "fjordline",
        "Fjordline Analytics",
        "business",
        (
            Person(
                "ingrid",
                "ingrid@fjordline.example",
                "Ingrid Solberg",
                Role.OWNER,
                "en",
                "Europe/Oslo",
            ),
            Person(
                "marta",
                "marta@fjordline.example",
                "Marta Kowalska",
                Role.MANAGER,
                "en",
                "Europe/Oslo",
            ),
            Person(
                "tom", "tom@fjordline.example", "Tom Okafor", Role.MEMBER, "en", "Europe/London"
            ),
        ),
    ),
)
SIGN_INS = (
    "sara@pars.example",
    "nima@pars.example",
    "reza@arya.example",
    "agent@helpdesk.example",
    "agent2@helpdesk.example",
    "supervisor@helpdesk.example",
    "admin@helpdesk.example",
)


def is_on_stage():
    """Whether the people of the demo are in this database."""
    return User.objects.filter(email__in=SIGN_INS).count() == len(SIGN_INS)


def gather(*, now):
    """Make everybody and everything that stories need. Returns people and organizations by key."""
    joined = now - JOINED_BEFORE
    # One hash for all: a slow one for each would take longer than all the rest.
    password = make_password(PASSWORD)
    people = {each.key: _person(each, password, joined, staff_role=each.role) for each in STAFF}
    members = {each.key: each for company in COMPANIES for each in company.people}
    people |= {key: _person(each, password, joined) for key, each in members.items()}
    organizations = {
        each.key: _company(each, people, actor=people["babak"], now=joined) for each in COMPANIES
    }
    organization_services.work_in(people["kaveh"], organizations["pars"])
    # Read again: each knows the memberships that were made since.
    fresh = User.objects.in_bulk([person.pk for person in people.values()])
    return {key: fresh[person.pk] for key, person in people.items()}, organizations


def _person(person, password, joined, *, staff_role=""):
    user = User(
        email=person.email,
        name=person.name,
        password=password,
        language=person.language,
        time_zone=person.time_zone,
        staff_role=staff_role,
        joined_at=joined,
    )
    user._history_date = joined
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _company(company, people, *, actor, now):
    owner, *others = company.people
    organization = organization_services.register(
        people[owner.key], name=company.name, key=company.key, now=now
    )
    if company.is_restricted:
        organization = organization_services.change_organization(
            organization,
            name=organization.name,
            key=organization.key,
            is_restricted=True,
            actor=actor,
            now=now,
        )
    for person in others:
        organization_services.add_member(
            organization, people[person.key], role=person.role, actor=actor, now=now
        )
    plan = (
        Plan.objects.get(key=company.plan)
        if company.plan
        else _custom_plan(organization, actor=actor, now=now)
    )
    organization_services.change_plan(organization, plan, actor=actor, now=now)
    return Organization.objects.get(pk=organization.pk)


def _custom_plan(organization, *, actor, now):
    """The largest plan with shorter promises, for this organization alone."""
    plan = plan_services.copy_plan(
        Plan.objects.get(key="enterprise"),
        key="negin-bank",
        name_fa="سفارشی بانک نگین",
        name_en="Custom of Negin Bank",
        actor=actor,
        now=now,
    )
    cells = {
        Priority.NORMAL: (timedelta(hours=8), None),
        Priority.HIGH: (timedelta(hours=2), None),
        Priority.URGENT: (timedelta(minutes=30), None),
        Priority.CRITICAL: (timedelta(minutes=15), timedelta(minutes=5)),
    }
    for priority, (target, aim) in cells.items():
        plan.targets.filter(priority=priority).update(target=target, aim=aim)
    for priority, hours in RESOLUTION_HOURS.items():
        plan.targets.filter(priority=priority).update(resolution=timedelta(hours=hours))
    plan_services.publish_plan(plan, actor=actor, now=now)
    CustomPlan.objects.create(plan=plan, organization=organization)
    return plan

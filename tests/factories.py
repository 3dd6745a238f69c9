"""Builders of rows with fixed values; a test names only what it is about."""

from datetime import UTC, datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile

from organizations.models import CustomPlan, Membership, Organization, Role, StaffRole, User
from plans.models import Plan
from plans.services import publish_plan
from tickets import services

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


def session_of(user):
    """The key of a session of `user`, as signing in leaves it, but for what that records."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


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


def make_content(body="هنوز همان خطا را می‌بینم.", *, files=(), form_key=None):
    return services.NewMessage(body, files=tuple(files), form_key=form_key)


def make_ticket(requester, *, now=NOW, opened_by=None, organization=None, form_key=None, **draft):
    """A ticket that `requester` opened at `now`, in the organization they belong to."""
    draft = {
        "title": "سرور پاسخ نمی‌دهد",
        "description": "از صبح قطع است.",
        "category": "technical",
        "priority": "normal",
    } | draft
    return services.open_ticket(
        requester=requester,
        opened_by=opened_by or requester,
        organization=organization or requester.memberships.get().organization,
        draft=services.Draft(**draft),
        form_key=form_key,
        now=now,
    )


def make_awaiting_customer(requester, agent, *, now=NOW, **fields):
    """A ticket that `agent` answered at `now`, the instant at which it was opened."""
    ticket = make_ticket(requester, now=now, **fields)
    return services.reply_as_agent(ticket, actor=agent, content=make_content("بررسی شد."), now=now)


def make_closed(requester, agent, *, now=NOW, **fields):
    """A ticket that `agent` accepted, answered and closed at `now`."""
    ticket = make_ticket(requester, now=now, **fields)
    services.accept(ticket, actor=agent, now=now)
    content = make_content("درست شد.")
    return services.reply_as_agent(ticket, actor=agent, content=content, then="close", now=now)


def make_pending_file(user, *, name="log.txt", content=b"one line\n", now=NOW):
    """A pending upload of `user`, checked and stored as the product does it."""
    return services.store_upload(user, SimpleUploadedFile(name, content), now=now)


def again(row):
    """The row as the database has it now; a protected status cannot be refreshed in place."""
    return type(row).objects.get(pk=row.pk)


def make_promised_plan(
    organization, *, calendar=None, key="promised", now=NOW, resolution=None, **targets
):
    """A published plan of one organization with response `targets` by priority, and `resolution`
    targets likewise; 24/7 without a calendar."""
    plan = make_custom_plan(organization, key=key, calendar=calendar)
    for priority, target in targets.items():
        plan.targets.update_or_create(priority=priority, defaults={"target": target})
    for priority, target in (resolution or {}).items():
        plan.targets.update_or_create(priority=priority, defaults={"resolution": target})
    publish_plan(plan, actor=None, now=now)
    return plan

"""Fills the database of `make drill`: people with sessions, and tickets that fall due meanwhile.

Prints {"customers": [cookie, …], "agents": [cookie, …]} as its last line.
"""

import json
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from notifications.models import Notification
from organizations.models import Membership, Organization, Role, StaffRole, User
from plans.models import Plan
from tickets import services
from tickets.clocks.auto_close import AUTO_CLOSE_AFTER

CUSTOMERS, AGENTS = 4, 3
# Tickets that close, and answers that become overdue, one every so many seconds of the drill.
FALLING, EVERY = 90, timedelta(seconds=10)
# The drill itself begins so long after this.
LEAD = timedelta(seconds=25)
PROMISED = timedelta(minutes=30)


def person(email, **fields):
    user = User.objects.create(email=email, name=email.partition("@")[0].title(), **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def cookie_of(user):
    if user.staff_role:
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def main():
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable")
    call_command("collectstatic", interactive=False, verbosity=0)
    now = timezone.now()
    past = now - timedelta(days=3)
    plan = Plan.objects.get(key="enterprise")
    company = Organization.objects.create(name="Drill", key="drill", plan=plan, created_at=past)
    customers = [
        person(f"customer{number}@drill.example", joined_at=past) for number in range(CUSTOMERS)
    ]
    for each in customers:
        Membership.objects.create(user=each, organization=company, role=Role.OWNER, joined_at=past)
    agents = [
        person(f"agent{number}@helpdesk.example", joined_at=past, staff_role=StaffRole.AGENT)
        for number in range(AGENTS)
    ]
    for number in range(FALLING):
        falls = now + LEAD + number * EVERY
        requester, agent = customers[number % CUSTOMERS], agents[number % AGENTS]
        ticket = opened(f"closes {number}", requester, company, falls - AUTO_CLOSE_AFTER, "normal")
        answer = services.NewMessage("این پاسخ را کسی پاسخ نمی‌دهد.")
        services.reply_as_agent(ticket, actor=agent, content=answer, now=falls - AUTO_CLOSE_AFTER)
        opened(f"overdue {number}", requester, company, falls - PROMISED, "critical")
    # What tells of the days before is not sent: it would keep the workers busy for minutes.
    Notification.objects.filter(state="pending").update(state="skipped")
    print(
        json.dumps(
            {"customers": list(map(cookie_of, customers)), "agents": list(map(cookie_of, agents))}
        )
    )


def opened(title, requester, company, at, priority):
    draft = services.Draft(title=title, description="…", category="technical", priority=priority)
    return services.open_ticket(
        requester=requester, opened_by=requester, organization=company, draft=draft, now=at
    )

"""Every address of the project, and the people and rows with which tests visit them all."""

from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import NamedTuple

import time_machine
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from api import services as keys
from intake.models import ReceivedMail
from notifications import unsubscribing
from notifications.models import AccountMail
from notifications.topics import Topic
from organizations import services as people
from organizations.models import Role, StaffRole, User
from plans.models import Plan
from tests.factories import (
    NOW,
    make_agent,
    make_awaiting_customer,
    make_closed,
    make_member,
    make_organization,
    make_pending_file,
    make_ticket,
)
from tickets import services
from tickets.models import Alert, LegalHold, PeriodicRun, ReportExport, Ticket, TicketJob
from webhooks import services as hooks

LATER = NOW + timedelta(minutes=30)
NEVER = 999_999


def every_address(patterns=None, prefix="/"):
    """The pattern of every address that the project answers to, as written in urls.py."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from every_address(pattern.url_patterns, address)
        else:
            yield address


class Answer(NamedTuple):
    """What was answered at an address, without all that Django keeps of it for tests."""

    status: int
    headers: dict
    text: str

    @property
    def is_page(self):
        return self.headers.get("Content-Type", "").startswith("text/html")


@cache
def answers_to(role):
    """{address: Answer} of every address to a Persian reader; visited once for several tests."""
    with transaction.atomic(), time_machine.travel(LATER, tick=False):
        cast, client = Cast(), Client()
        User.objects.update(language="fa")
        if person := getattr(cast, role):
            client.force_login(User.objects.get(pk=person.pk))
        answers = {
            address: answer_of(client.get(cast.path(address)))
            for address in sorted(set(every_address()))
        }
        transaction.set_rollback(True)
    return answers


def answer_of(response):
    is_text = response.get("Content-Type", "").startswith("text/html")
    text = response.content.decode() if is_text else ""
    return Answer(response.status_code, dict(response.headers), text)


class Cast:
    """One organization whose plain members see only their own tickets, and everybody around it."""

    def __init__(self):
        ours = make_organization("Pars Cloud", key="pars", is_restricted=True)
        other = make_organization("Arya Trade", key="arya")
        frozen = make_organization("Sepehr Data", key="sepehr")
        self.requester = make_member(ours, "sara@pars.example")
        self.colleague = make_member(ours, "mina@pars.example", role=Role.OWNER)
        self.restricted = make_member(ours, "nima@pars.example")
        self.outsider = make_member(other, "reza@arya.example", role=Role.OWNER)
        self.suspended = make_member(frozen, "hadi@sepehr.example", role=Role.OWNER)
        self.removed = make_member(ours, "omid@pars.example")
        self.agent = make_agent("agent@helpdesk.example")
        self.second = make_agent("agent2@helpdesk.example")
        self.supervisor = make_agent("supervisor@helpdesk.example", staff_role=StaffRole.SUPERVISOR)
        self.admin = make_agent("admin@helpdesk.example", staff_role=StaffRole.ADMIN)
        self.organization, self.anonymous = ours, None
        self.tickets = self._tickets_of(self.requester)
        self.frozen_tickets = self._tickets_of(self.suspended)
        self.invitation = people.invite(
            ours, email="new@pars.example", role=Role.MEMBER, actor=self.colleague, now=NOW
        )
        people.suspend(frozen, actor=self.admin, now=LATER)
        people.remove_member(ours, self.removed, actor=self.admin, now=LATER)
        self.mail = ReceivedMail.objects.create(
            key="0" * 64, content=b"x", size=1, state="quarantined", received_at=NOW
        )
        self.canned = services.create_canned(
            services.CannedDraft("سلام", scope="shared", body_fa="سلام {{مشتری}}"),
            actor=self.supervisor,
            now=NOW,
        )
        self.team = services.create_team(
            services.TeamDraft("Network", members=(self.agent.pk,)), actor=self.supervisor, now=NOW
        )
        self.view = services.create_view(
            services.ViewDraft("Urgent", team_id=self.team.pk, query="priority=urgent"),
            actor=self.agent,
            now=NOW,
        )
        self.tag = services.create_tag("VPN", colour="blue", actor=self.supervisor, now=NOW)
        self.other_tag = services.create_tag("DNS", colour="teal", actor=self.supervisor, now=NOW)
        self.run = services.start_bulk(
            Ticket.objects.all(),
            services.BulkChange("tags", add=(self.tag.pk,)),
            services.Selection((self.tickets["worked"].pk,)),
            actor=self.agent,
            now=NOW,
        )
        draft = keys.KeyDraft("Zabbix", ("tickets:read",), 90)
        self.key, _secret = keys.create_key(self.requester, draft, actor=self.requester, now=NOW)
        self.organization_key, _secret = keys.create_organization_key(
            self.organization, draft, actor=self.colleague, now=NOW
        )
        self.endpoint, self.hook = self._endpoint_of(self.organization, self.colleague)
        self.own_endpoint, self.own_hook = self._endpoint_of(None, self.supervisor)
        self.rows = self._rows()
        url = unsubscribing.url_for(self.requester, Topic.REPLIES, "email")
        self.unsubscribe_token = url.rstrip("/").rpartition("/")[2]

    def _tickets_of(self, requester):
        """One ticket of each sort; `worked` has a file and an assignee."""
        file = make_pending_file(requester)
        worked = make_ticket(requester, files=[file])
        services.accept(worked, actor=self.agent, now=NOW)
        return {
            "new": make_ticket(requester),
            "worked": Ticket.objects.get(pk=worked.pk),
            "waiting": make_awaiting_customer(requester, self.agent),
            "closed": make_closed(requester, self.agent),
            "file": file,
        }

    def _endpoint_of(self, owner, actor):
        """An endpoint that gets webhooks, and one of these."""
        draft = hooks.EndpointDraft("Chat", "https://hooks.example/x", ("ticket.opened",))
        endpoint, _secret = hooks.create_endpoint(owner, draft, actor=actor, now=NOW)
        hooks.send_test(endpoint, actor=actor, now=NOW)
        return endpoint, endpoint.deliveries.get()

    def _rows(self):
        """One row of each model that the admin shows, by its name in the address."""
        return {
            "notification": self.tickets["worked"].notifications.first(),
            "accountmail": AccountMail.objects.create(recipient="a@b.example", subject="Hello"),
            "ticket": self.tickets["worked"],
            "periodicrun": PeriodicRun.objects.create(name="auto_close", finished_at=NOW),
            "recalculation": services.ask_for_recalculation(
                plan=Plan.objects.get(key="business"), scope="all", actor=self.admin, now=NOW
            ),
            "ticketjob": TicketJob.objects.create(
                kind=TicketJob.Kind.AGENT_CLEARED,
                agent=self.second,
                created_at=NOW,
                finished_at=NOW,
            ),
            "alert": Alert.objects.create(
                organization=self.organization,
                ticket=self.tickets["worked"],
                source="Zabbix",
                fingerprint="1",
                title="Disk",
                is_firing=True,
                is_announced=True,
                starts_at=NOW,
                first_at=NOW,
                last_at=NOW,
            ),
            "legalhold": LegalHold.objects.create(
                ticket=self.tickets["closed"], reason="A claim", set_by=self.admin, set_at=NOW
            ),
            "reportexport": ReportExport.objects.create(
                actor=self.supervisor, content="table", format="csv", created_at=NOW
            ),
            "user": self.requester,
            "organization": self.organization,
            "apikey": self.key,
            "plan": self.organization.plan,
            "calendar": self.organization.plan.calendar,
        }

    def path(self, address, *, role="requester", ticket="worked"):
        """A path of `address`: of the role's own tickets where these are not the requester's."""
        tickets = self.frozen_tickets if role == "suspended" else self.tickets
        model = (address.split("/") + [""] * 4)[3]
        admin_row = self.rows.get(model)
        row = ContentType.objects.get_for_model(apps.get_model("organizations", "user"))
        values = {
            "<number:number>": tickets[ticket].number,
            "<uuid:key>": str(tickets["file"].pk),
            "canned/<int:pk>": f"canned/{self.canned.pk}",
            "teams/<int:pk>": f"teams/{self.team.pk}",
            "views/<int:pk>": f"views/{self.view.pk}",
            "queue/v/<int:pk>": f"queue/v/{self.view.pk}",
            "tags/<int:pk>": f"tags/{self.tag.pk}",
            "bulk/<int:pk>": f"bulk/{self.run.pk}",
            "notes/organization/<str:key>": f"notes/organization/{self.organization.key}",
            "notes/person/<int:pk>": f"notes/person/{self.requester.pk}",
            "people/<int:pk>": f"people/{self.second.pk}",
            "members/<int:pk>": f"members/{self.restricted.memberships.get().pk}",
            "invitations/<int:pk>": f"invitations/{self.invitation.pk}",
            "incoming/<int:pk>": f"incoming/{self.mail.pk}",
            "deliveries/<int:pk>/address": f"deliveries/{self.rows['notification'].pk}/address",
            "deliveries/<int:pk>": f"deliveries/{NEVER}",
            "unsubscribe/<str:token>": f"unsubscribe/{self.unsubscribe_token}",
            "confirm-email/<str:key>": "confirm-email/unknown",
            "<str:token>": "unknown",
            "<slug:key>": "unknown",
            "<path:rest>": "me",
            "organization/webhooks/<int:pk>/log/<int:key>": (
                f"organization/webhooks/{self.endpoint.pk}/log/{self.hook.pk}"
            ),
            "organization/webhooks/<int:pk>": f"organization/webhooks/{self.endpoint.pk}",
            "webhooks/<int:pk>/log/<int:key>": (
                f"webhooks/{self.own_endpoint.pk}/log/{self.own_hook.pk}"
            ),
            "webhooks/<int:pk>": f"webhooks/{self.own_endpoint.pk}",
            "organization/keys/<int:pk>": f"organization/keys/{self.organization_key.pk}",
            "keys/<int:pk>": f"keys/{self.key.pk}",
            "<path:content_type_id>/<path:object_id>": f"{row.pk}/{self.requester.pk}",
            "<path:object_id>": str(admin_row.pk) if admin_row else "",
            r"^confirm-email/(?P<key>[-:\w]+)/$": "confirm-email/unknown/",
            r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": (
                "accounts/password/reset/key/1-unknown/"
            ),
            r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": (
                "password/reset/key/1-unknown/"
            ),
            "^(?P<app_label>api|notifications|plans|tickets|organizations)/$": "tickets/",
            "(?P<url>.*)$": "nothing-here/",
        }
        for pattern, value in values.items():
            address = address.replace(pattern, value)
        return address


@contextmanager
def one_cast():
    """The cast for all tests of a module, each of which takes back what it writes."""
    with transaction.atomic():
        with time_machine.travel(LATER, tick=False):
            cast = Cast()
        yield cast
        transaction.set_rollback(True)

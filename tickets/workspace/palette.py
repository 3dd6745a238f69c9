"""What the command palette finds by a text: tickets, organizations, people; a few of each."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from organizations.models import Organization, User
from tickets.models import Ticket
from tickets.search.ticket_numbers import typed_number

from .organizations import organizations_named

MOST = 5
# Shorter texts are no words that an index could find.
SHORTEST = 3


@dataclass(frozen=True)
class Result:
    """One thing to go to: its name, what tells it from others, its address."""

    label: str
    detail: str
    url: str


@dataclass(frozen=True)
class Group:
    """Results of one kind under their heading."""

    key: str
    label: str
    results: list


def found(text, agent):
    """The groups that have results, each of at most MOST, in a fixed number of queries."""
    text = text.replace("\0", "").strip()
    if not text:
        return []
    groups = [
        Group("tickets", _("Tickets"), _tickets(text, agent)),
        Group("organizations", _("Organizations"), _organizations(text)),
        Group("people", _("People"), _people(text)),
    ]
    return [group for group in groups if group.results]


def _tickets(text, agent):
    number, tickets = typed_number(text), Ticket.objects.visible_to(agent)
    if number is None and len(text) < SHORTEST:
        return []
    matching = tickets.matching(text, agent, number=number).titled()[:MOST]
    return [Result(each.title, each.number, each.get_queue_url()) for each in matching]


def _organizations(text):
    organizations = organizations_named(text, Organization.objects.all())[:MOST]
    return [
        Result(each.name, "", _queue(organization=each.key, status="any")) for each in organizations
    ]


def _people(text):
    people = User.objects.named_like(text)[:MOST]
    return [Result(str(each), each.email, _queue_of(each)) for each in people]


def _queue_of(person):
    if person.staff_role:
        return _queue(assignee=person.pk)
    return _queue(requester=person.pk, status="any")


def _queue(**filters):
    return f"{reverse('queue:list')}?{urlencode(filters)}"

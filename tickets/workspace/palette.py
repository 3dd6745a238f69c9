"""What the command palette finds by a text: saved views, tickets, organizations, people; a few of
each."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from organizations.models import Organization, User
from tickets.models import SavedView, Ticket
from tickets.search.folding import fold, search_terms, squash
from tickets.search.ticket_numbers import is_begun, typed_number

from .organizations import organizations_named
from .saved.kept import address_of

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
        Group("views", _("Saved views"), _views(text, agent)),
        Group("tickets", _("Tickets"), _tickets(text, agent)),
        Group("organizations", _("Organizations"), _organizations(text)),
        Group("people", _("People"), _people(text)),
    ]
    return [group for group in groups if group.results]


def _views(text, agent):
    """Those beside the agent's queue, which are few."""
    terms = search_terms(text)
    views = SavedView.objects.beside_queue_of(agent).select_related("team").in_order()
    named = [each for each in views if terms and _has_all(each.name, terms)]
    return [
        Result(
            each.name,
            each.team.name if each.is_shared else "",
            f"{reverse('queue:list')}?{address_of(each.query, each.pk)}",
        )
        for each in named[:MOST]
    ]


def _has_all(name, terms):
    name = squash(fold(name))
    return all(term in name for term in terms)


def _tickets(text, agent):
    number, tickets = typed_number(text), Ticket.objects.visible_to(agent)
    if number is None and len(text) < SHORTEST:
        return []
    if is_begun(number):
        matching = tickets.numbered_from(number).named()[:MOST]
    else:
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

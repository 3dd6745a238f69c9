"""The card of a ticket's customer: who they are, what they have open, and how it went lately."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from organizations.models import Membership
from tickets.cached_components import status_html
from tickets.models import Clock, CustomerNote, Rating, Ticket
from tickets.prepared import Prepared
from ui.markup import reading_direction
from ui.time_zones import known_zone
from ui.wording import format_datetime, format_weekday_datetime, number

LATELY = timedelta(days=90)
MOST_SHOWN = 5


@dataclass(frozen=True)
class Line:
    """A ticket of the card: its number, address and title, and a text or a status beside it."""

    number: str
    url: str
    title: str
    direction: str
    text: str = ""
    status: str = ""


def notes_of(ticket):
    """The notes on the organization and the requester of a ticket, "" without one; one statement
    for both."""
    found = _notes.rows(organization=ticket.organization_id, person=ticket.requester_id)
    notes = {"organization": "", "person": ""}
    for organization, body in found:
        notes["organization" if organization else "person"] = body
    return notes


def note_on(organization):
    """The note on an organization, "" without one."""
    found = CustomerNote.objects.filter(organization=organization).values_list("body", flat=True)
    return found.first() or ""


@Prepared
def _notes(organization, person):
    of_either = Q(organization=organization) | Q(person=person)
    return CustomerNote.objects.filter(of_either).values_list("organization_id", "body")


def card_of(ticket, language, now):
    """What the card shows, in a number of statements that no data changes."""
    person, organization = ticket.requester, ticket.organization
    zone = known_zone(person.time_zone)
    membership = Membership.objects.filter(organization=organization, user=person).first()
    own = Ticket.objects.requested_by(person).open().order_by("-pk")[: MOST_SHOWN + 1]
    rated = Rating.objects.filter(ticket__organization=organization, rated_at__gte=now - LATELY)
    late = Clock.objects.breached_since(now - LATELY).of_organization(organization, now - LATELY)
    with timezone.override(zone):
        local_time = format_weekday_datetime(now)
    own = [_line(each, status=status_html(each.status, language)) for each in own]
    rated = list(rated.select_related("ticket").order_by("-rated_at")[: MOST_SHOWN + 1])
    late = list(late.select_related("ticket").order_by("-due_at")[: MOST_SHOWN + 1])
    return {
        "role": membership.get_role_display() if membership else _("No longer a member"),
        "language": person.get_language_display(),
        "local_time": local_time,
        "zone": str(zone),
        "own": own[:MOST_SHOWN],
        "has_more_own": len(own) > MOST_SHOWN,
        "ratings": [_line(each.ticket, text=_score(each)) for each in rated[:MOST_SHOWN]],
        "has_more_ratings": len(rated) > MOST_SHOWN,
        "breaches": [_line(each.ticket, text=_fell(each)) for each in late[:MOST_SHOWN]],
        "has_more_breaches": len(late) > MOST_SHOWN,
    }


def _line(ticket, **more):
    return Line(
        number=f"{settings.TICKET_PREFIX}-{ticket.pk}",
        url=ticket.get_queue_url(),
        title=ticket.title,
        direction=reading_direction(ticket.title),
        **more,
    )


def _score(rating):
    return _("%(score)s of 5") % {"score": number(rating.score)}


def _fell(clock):
    return format_datetime(clock.due_at)

"""The API's part of `make bench`: its rows, and its floors, which are bare operations of the same
framework, written as its documentation does.

The list: one query by an index, 50 rows, each with the fields, nested names included, that a ticket
has in the API; the messages alike. The reply: see `reply`. All ask for the key of the request as
each request of the API does.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from ninja import NinjaAPI, Schema
from ninja.security import HttpBearer

from api.authenticating import authenticate, count_request
from api.models import ApiKey
from api.services import KeyDraft, create_key, revoke_key
from tickets.models import Event, Message, Ticket

ROWS, MESSAGES = 50, 20
NAME = "bench"


class Key(HttpBearer):
    def authenticate(self, request, token):
        now = timezone.now()
        key = authenticate(request, now=now)
        count_request(request, key, now=now)
        return key


class Named(Schema):
    id: int
    name: str


class Row(Schema):
    id: int
    title: str
    status: str
    priority: str
    category: str
    organization: Named
    requester: Named
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    auto_close_at: datetime | None
    merged_into_id: int | None
    last_public_message_id: int | None


class Line(Schema):
    id: int
    kind: str
    author: Named
    is_from_staff: bool
    channel: str
    body: str
    created_at: datetime


class Sent(Schema):
    body: str


floors = NinjaAPI(auth=Key(), urls_namespace="floors", docs_url=None, openapi_url=None)


@floors.get("/tickets", response=list[Row])
def tickets(request):
    return Ticket.objects.select_related("organization", "requester").order_by("-pk")[:ROWS]


@floors.get("/messages", response=list[Line])
def messages(request, ticket: int):
    rows = Message.objects.filter(ticket=ticket).select_related("author")
    return rows.order_by("created_at", "pk")[:MESSAGES]


@floors.post("/tickets/{number}/reply", response=Row)
def reply(request, number: int, sent: Sent):
    """What no reply can do without: find the ticket and lock it, write the message, what the row
    says of it and a line of the history, and give the ticket as it is then."""
    _write(number, sent.body, request.auth.acts_as, timezone.now())
    return Ticket.objects.select_related("organization", "requester").get(pk=number)


@transaction.atomic
def _write(number, body, author, now):
    ticket = Ticket.objects.select_for_update().get(pk=number)
    message = Message.objects.create(
        ticket=ticket,
        author=author,
        kind="public",
        is_from_staff=True,
        body=body,
        body_folded=body,
        created_at=now,
    )
    ticket.last_public_message, ticket.last_public_message_at = message, now
    ticket.updated_at = ticket.public_updated_at = now
    ticket.version += 1
    ticket.save()
    Event.objects.create(
        ticket=ticket,
        kind="agent_replied",
        actor=author,
        message=message,
        changes={},
        is_public=True,
        created_at=now,
    )


def secret_for(person):
    """The secret of a new key of a person; those of an earlier bench end."""
    for key in ApiKey.objects.filter(acts_as=person, name=NAME, revoked_at=None):
        revoke_key(key, actor=None)
    scopes = ("tickets:read", "tickets:write")
    return create_key(person, KeyDraft(NAME, scopes, 30), actor=None)[1]

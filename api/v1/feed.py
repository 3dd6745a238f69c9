"""The feed of what happened to all tickets that the key sees, in one order and complete."""

from datetime import datetime

from ninja import Query, Schema
from pydantic import Field

from api.scopes import Scope
from tickets.models import Event, Message
from tickets.querysets.rows import FeedRow
from tickets.search.ticket_numbers import NumberConverter
from ui.keys import LARGEST_KEY

from . import outputs, showing
from .operations import Endpoints, may_read_notes, visible_tickets

router = Endpoints(tags=["tickets"])
MOST = 2000
# So many events of all organizations are looked through at most for those of a member: a page of
# what happened seldom costs no more than another.
WINDOW = 100_000
# Of a key alone: an instance of a ticket for each event would cost more than all the rest.
number_of = NumberConverter().to_url


class FeedQuery(Schema):
    """Where the page begins, and how much it holds."""

    after: int = Field(
        0, ge=0, le=LARGEST_KEY, description="`next` of the page before; 0 is the beginning."
    )
    limit: int = Field(500, ge=1, le=MOST)


class FeedEvent(Schema):
    """What happened to one of the tickets."""

    id: int
    kind: str
    ticket: str
    at: datetime
    actor: outputs.Person | None = Field(
        description="Null is the system. Of staff, members learn the side alone."
    )
    is_by_staff: bool
    api_key: str | None
    message: int | None = Field(description="The message that was written with it.")
    changes: list[outputs.Change]


class FeedTicket(outputs.Ticket):
    """A ticket as it is when the page is read."""

    messages: list[int] = Field(description="The ids of those that the key may read.")


class Feed(Schema):
    items: list[FeedEvent]
    tickets: list[FeedTicket] = Field(description="Those of the events, each once.")
    next: int = Field(description="What the next page is `after`.")
    is_caught_up: bool = Field(description="Whether there is nothing more at this moment.")


@router.get_of(
    "/events",
    {200: Feed, 304: None},
    scope=Scope.TICKETS_READ,
    operation_id="read_feed",
    summary="Follow what happens to all tickets",
)
def feed(request, query: Query[FeedQuery]):
    """Each event once, in a fixed order; none comes later with a number before `next`. `tickets`
    are those of the events as they are now, with the ids of their messages: kept by number they
    are the state of all tickets, once `is_caught_up` says that the end is reached. What happens
    then is `after` the `next` of that page. Asked again with its `ETag` as `If-None-Match`, a page
    that is the same is 304."""
    request.is_tagged_by_content = True
    rows, following, is_caught_up = _page(request, query)
    return {
        "items": [_event(FeedRow._make(each), request.user) for each in rows],
        "tickets": _states(request, {each[2] for each in rows}),
        "next": following,
        "is_caught_up": is_caught_up,
    }


def _page(request, query):
    """(rows of events, where the next page begins, whether this one ends with the last event)."""
    user, after = request.user, query.after
    last = Event.objects.horizon()
    until = last if user.is_agent else min(last, after + WINDOW)
    events = Event.objects.of_visible_tickets(user)
    if user.is_agent and not may_read_notes(request):
        events = events.without_notes()
    found = list(events.in_feed(after=after, until=until)[: query.limit + 1])
    rows = found[: query.limit]
    if len(found) > len(rows):
        return rows, rows[-1][0], False
    if until < last:
        return rows, until, False
    # Not `last`: whoever sees few events learns nothing of how many there are.
    return rows, rows[-1][0] if rows else after, True


def _event(row, reader):
    is_by_staff = bool(row.actor_role)
    is_known = row.actor_id is not None and (reader.is_agent or not is_by_staff)
    return {
        "id": row.id,
        "kind": row.kind,
        "ticket": number_of(row.ticket_id),
        "at": row.created_at,
        "actor": {"id": row.actor_id, "name": row.actor_name} if is_known else None,
        "is_by_staff": is_by_staff,
        "api_key": row.changes.get("through") if is_known else None,
        "message": row.message_id,
        "changes": showing.changes_of(row, reader),
    }


def _states(request, keys):
    """The tickets as they are, each with the ids of the messages that the reader may see."""
    messages = Message.objects.of_ticket_keys(keys).visible_to(request.user)
    if not may_read_notes(request):
        messages = messages.public()
    written = {}
    for ticket, message in messages.order_by("ticket", "pk").values_list("ticket", "pk"):
        written.setdefault(ticket, []).append(message)
    found = visible_tickets(request).of_keys(keys).order_by("pk")
    return [
        showing.ticket_of(each, request.user) | {"messages": written.get(each.pk, [])}
        for each in found
    ]

"""What a webhook tells: the ticket, the event and the message as the API shows them to that side.

It is made when it is sent, from what is so then: what a receiver may not learn any more does not
leave because it waited (decision 0098).
"""

import json
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Prefetch
from django.utils import translation

from api.v1 import showing
from tickets.models import Attachment, Message, Ticket

from .kinds import TEST, TYPES, VERSION


class Side(NamedTuple):
    """Who reads: the support team, or the owners of an organization, who see all its tickets."""

    is_agent: bool


def is_wanted(delivery):
    """Whether the endpoint still asks for it, and still may be sent it."""
    if delivery.type == TEST:
        return True
    kind, endpoint = TYPES.get(delivery.type), delivery.endpoint
    return (
        kind is not None
        and kind.name in endpoint.events
        and kind.may_go_to(delivery.event, provider=endpoint.is_of_provider)
    )


def body_of(delivery):
    """The text of the request, by `with_all_to_send`."""
    language = delivery.endpoint.keeper.language
    with translation.override(language):
        content = {
            "type": delivery.type,
            "version": VERSION,
            "timestamp": _at(delivery),
            "data": _facts(delivery),
        }
    return json.dumps(content, ensure_ascii=False, default=_as_text)


def _at(delivery):
    return delivery.event.created_at if delivery.event else delivery.created_at


def _facts(delivery):
    event = delivery.event
    if event is None:
        return {"endpoint": delivery.endpoint.name}
    side = Side(delivery.endpoint.is_of_provider)
    [shown] = showing.events_of([event], side)
    facts = {"ticket": showing.ticket_of(_ticket(event, side), side), "event": shown}
    message = _message(delivery)
    if message is not None:
        facts["message"] = showing.message_of(message)
    if TYPES[delivery.type].is_of_clocks:
        clocks = event.changes.get("clocks", {})
        facts["clocks"] = [{"kind": kind, "due_at": due} for kind, due in clocks.items()]
    return facts


def _ticket(event, side):
    tickets = Ticket.objects.select_related("organization", "requester", "assignee", "team")
    ticket = tickets.with_tags().get(pk=event.ticket_id)
    if not side.is_agent and ticket.merged_into_id:
        # The owners see what belongs to their organization, and nothing else.
        target = Ticket.objects.of_organization(ticket.organization_id)
        ticket.sees_target = target.numbered(ticket.merged_into_id) is not None
    return ticket


def _message(delivery):
    """The message of the event; a note only in the webhook that is asked for because of notes."""
    message = delivery.event.message
    if message is None or message.is_note != (delivery.type == "ticket.noted"):
        return None
    files = Prefetch("attachments", Attachment.objects.order_by("created_at", "id"))
    return Message.objects.select_related("author").prefetch_related(files).get(pk=message.pk)


def _as_text(value):
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)

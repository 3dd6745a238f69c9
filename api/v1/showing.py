"""Rows as answers hold them, to one reader: what is internal is not there for members."""

from django.urls import reverse

from organizations.models import User
from tickets.conversation.entries import describe
from tickets.event_types import type_of
from tickets.models import Ticket
from tickets.querysets.tags import tags_in

# The fields of a change that each side may read; of the others the sentence of the event tells.
CHANGES = ("status", "priority", "category")
INTERNAL = {"assignee", "team", "tags", "waiting_since", "snoozed_until"}
STAFF_CHANGES = (*CHANGES, "assignee")


def person_of(user):
    return {"id": user.pk, "name": str(user)}


def ticket_of(ticket, reader):
    """A ticket, by `visible_tickets`."""
    shown = {
        "number": ticket.number,
        "title": ticket.title,
        "status": ticket.status,
        "priority": ticket.priority,
        "category": ticket.category,
        "organization": {"key": ticket.organization.key, "name": ticket.organization.name},
        "requester": person_of(ticket.requester),
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at if reader.is_agent else ticket.public_updated_at,
        "closed_at": ticket.closed_at,
        "contents_removed_at": ticket.contents_removed_at,
        "due_at": ticket.due_at,
        "auto_close_at": ticket.auto_close_at,
        "merged_into": _target(ticket, reader),
        "last_message_id": ticket.last_public_message_id,
    }
    return shown | _internal(ticket) if reader.is_agent else shown


def team_of(team):
    """A team; one that was deleted is named nowhere but in the history."""
    return {"id": team.pk, "name": team.name} if team and team.ended_at is None else None


def _target(ticket, reader):
    """The number of the ticket that it was merged into, to whom sees that."""
    is_shown = ticket.merged_into_id and (reader.is_agent or ticket.sees_target)
    return Ticket(pk=ticket.merged_into_id).number if is_shown else None


def _internal(ticket):
    team, tags = ticket.team, tags_in(ticket.tags_text)
    return {
        "assignee": ticket.assignee and person_of(ticket.assignee),
        "team": team_of(team),
        "tags": [{"id": tag.pk, "name": tag.name} for tag in tags],
        "waiting_since": ticket.waiting_since,
        "snoozed_until": ticket.snoozed_until,
    }


def linked(ticket):
    """One of `linked_with`, and what it is to the other."""
    return {
        "number": ticket.number,
        "title": ticket.title,
        "status": ticket.status,
        "relation": ticket.relation,
    }


def message_of(message):
    """A message with its author and its attachments, which were read with it."""
    return {
        "id": message.pk,
        "kind": message.kind,
        "author": person_of(message.author),
        "is_from_staff": message.is_from_staff,
        "channel": message.channel,
        "body": message.body,
        "created_at": message.created_at,
        "attachments": [file_of(each) for each in message.attachments.all()],
    }


def file_of(attachment):
    return {
        "id": attachment.pk,
        "name": attachment.name,
        "size": attachment.size,
        "content_type": attachment.content_type,
        "url": reverse("api_endpoint", args=[f"attachments/{attachment.pk}"]),
    }


def events_of(events, reader):
    """Events of one ticket with their sentences, in one query more for the people they name."""
    names = _names(events, reader)
    return [_event(each, reader, names) for each in events]


def _event(event, reader, names):
    is_by_staff = event.actor is not None and bool(event.actor.staff_role)
    is_known = event.actor is not None and (reader.is_agent or not is_by_staff)
    return {
        "id": event.pk,
        "kind": event.kind,
        "at": event.created_at,
        "actor": person_of(event.actor) if is_known else None,
        "is_by_staff": is_by_staff,
        "api_key": event.changes.get("through") if is_known else None,
        "text": describe(event, reader, names),
        "changes": changes_of(event, reader),
    }


def changes_of(event, reader):
    """The fields that the event changed, of those that the reader may know of."""
    shown = STAFF_CHANGES if reader.is_agent else CHANGES
    return [
        {"field": name, "before": _text(pair[0]), "after": _text(pair[1])}
        for name in shown
        if isinstance(pair := event.changes.get(name), list)
    ]


def _text(value):
    return None if value is None else str(value)


def _names(events, reader):
    found = set()
    for event in events:
        facts = type_of(event.kind).people + (("assignee",) if reader.is_agent else ())
        for fact in facts:
            value = event.changes.get(fact) or ()
            found |= {key for key in value if isinstance(key, int)}
    named = {event.actor_id: str(event.actor) for event in events if event.actor}
    if missing := found - named.keys():
        named |= User.objects.filter(pk__in=missing).order_by().named()
    return named

"""What was written on a ticket, its history, files, clocks and rating."""

from allauth.core import ratelimit
from django.db.models import Prefetch
from django.http import Http404
from django.utils.translation import gettext as _
from ninja import File, Query, Status
from ninja.files import UploadedFile

from api.errors import Problem
from api.scopes import Scope
from tickets import permissions, services
from tickets.conversation import file_views
from tickets.conversation.links import MOST_SHOWN
from tickets.due.page import due_page
from tickets.models import Attachment, Clock, Event, Message, Rating, Ticket

from . import inputs, outputs, showing
from .operations import Endpoints, changing_as_seen, may_read_notes, ticket_or_404
from .organizations import seconds_of
from .paging import Paged, page_of

router = Endpoints(tags=["conversation"])


@router.get_of(
    "/tickets/{number}/messages",
    outputs.Messages,
    scope=Scope.TICKETS_READ,
    operation_id="list_messages",
    summary="Read the messages of a ticket",
)
def messages(request, number: str, query: Query[Paged]):
    """In the order in which they were written; notes with the scope `notes`."""
    ticket = ticket_or_404(request, number)
    rows = Message.objects.of_ticket(ticket).visible_to(request.user)
    if not may_read_notes(request):
        rows = rows.public()
    rows = rows.select_related("author").prefetch_related(
        Prefetch("attachments", Attachment.objects.order_by("created_at", "id"))
    )
    found, following = page_of(rows, query, order=["created_at", "id"])
    return {"items": [showing.message_of(each) for each in found], "next": following}


@router.get_of(
    "/tickets/{number}/events",
    outputs.Events,
    scope=Scope.TICKETS_READ,
    operation_id="list_events",
    summary="Read the history of a ticket",
)
def events(request, number: str, query: Query[Paged]):
    ticket = ticket_or_404(request, number)
    rows = Event.objects.of_ticket(ticket).select_related("actor")
    if not request.user.is_agent:
        rows = rows.public()
    elif not may_read_notes(request):
        rows = rows.without_notes()
    found, following = page_of(rows, query, order=["id"])
    return {"items": showing.events_of(found, request.user), "next": following}


@router.get_of(
    "/tickets/{number}/clocks",
    outputs.Clocks,
    scope=Scope.TICKETS_READ,
    operation_id="list_clocks",
    summary="Read the clocks of a ticket, and why each is due when it is",
)
def clocks(request, number: str, query: Query[Paged]):
    """The explanation is of the running ones and of the five that ended last."""
    ticket = ticket_or_404(request, number)
    staff = request.user.is_agent
    page = due_page(ticket, staff=staff, now=request.now)
    explained = {each.key: each for each in (*page["running"], *page["ended"])}
    rows = Clock.objects.of_ticket_newest_first(ticket).explained()
    found, following = page_of(rows, query, order=["-started_at", "-id"])
    items = [_clock(each, explained.get(f"clock-{each.pk}"), staff=staff) for each in found]
    return {"items": items, "next": following, "nothing": page["nothing"]}


def _clock(clock, explained, *, staff):
    shown = {
        "id": clock.pk,
        "kind": clock.kind,
        "state": clock.state,
        "priority": clock.priority,
        "plan": clock.plan_version.plan.name,
        "target_seconds": seconds_of(clock.target),
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "due_soon_at": clock.due_soon_at,
        "breached_at": clock.breached_at,
        "paused_at": clock.paused_at,
        "stopped_at": clock.stopped_at,
        "result": str(explained.result) if explained else "",
        "stretches": [
            {"started_at": each.started_at, "ended_at": each.ended_at}
            for each in clock.stretches.all()
        ],
        "ledger": [
            {
                "reason": each.reason,
                "at": each.at,
                "old_due_at": each.old_due_at,
                "new_due_at": each.new_due_at,
            }
            for each in clock.changes.all()
        ],
        "explanation": [_line(each) for each in explained.rows] if explained else [],
    }
    return shown | {"aim_seconds": seconds_of(clock.aim)} if staff else shown


def _line(row):
    return {
        "tone": row.tone,
        "when": str(row.when_text),
        "why": str(row.why_text),
        "counted": str(row.length_text),
        "total": str(row.total_text),
    }


@router.get_of(
    "/tickets/{number}/links",
    outputs.Links,
    scope=Scope.TICKETS_READ,
    operation_id="list_links",
    summary="Read the tickets that belong to a ticket",
)
def links(request, number: str):
    """Those that the owner of the key sees, the latest first."""
    ticket = ticket_or_404(request, number)
    found = Ticket.objects.visible_to(request.user).linked_with(ticket)[:MOST_SHOWN]
    return {"items": [showing.linked(each) for each in found]}


@router.get_of(
    "/tickets/{number}/rating",
    outputs.Rating,
    scope=Scope.TICKETS_READ,
    operation_id="read_rating",
    summary="Read the rating of a ticket",
)
def rating(request, number: str):
    return _shown_rating(Rating.objects.of(ticket_or_404(request, number)))


@router.post_to(
    "/tickets/{number}/rating",
    outputs.Rating,
    scope=Scope.TICKETS_WRITE,
    operation_id="rate",
    summary="Rate a closed ticket",
)
def rate(request, number: str, body: inputs.NewRating):
    """By members, once it is closed; for a week it can be changed."""
    ticket = ticket_or_404(request, number)
    verdict = services.Verdict(body.is_solved, body.score, body.words)
    with changing_as_seen(request, ticket):
        return _shown_rating(services.rate(ticket, actor=request.user, verdict=verdict))


def _shown_rating(found):
    """A rating as an answer; none is 404."""
    if found is None:
        raise Http404
    return {
        "is_solved": found.is_solved,
        "score": found.score,
        "words": found.words,
        "rated_by": showing.person_of(found.rated_by),
        "rated_at": found.rated_at,
    }


@router.post_to(
    "/attachments",
    {201: outputs.File},
    scope=Scope.TICKETS_WRITE,
    operation_id="upload_attachment",
    summary="Upload a file, to be named by a message within a day",
)
def upload(request, file: File[UploadedFile]):
    if not permissions.may_upload(request.user):
        raise Problem(403, "forbidden", _("You are not allowed to send files now."))
    if not ratelimit.consume(request, action="upload"):
        sentence = _("You have sent too much in the last hour. Try again later.")
        raise Problem(429, "too_many", sentence)
    stored = services.store_upload(request.user, file, now=request.now)
    return Status(201, showing.file_of(stored))


@router.get_of(
    "/attachments/{key}",
    None,
    scope=Scope.TICKETS_READ,
    operation_id="download_attachment",
    summary="Download a file",
    openapi_extra={
        "responses": {
            200: {
                "description": "The file",
                "content": {"application/octet-stream": {"schema": {"type": "string"}}},
            },
            206: {
                "description": "The part of it that `Range` asks for",
                "content": {"application/octet-stream": {"schema": {"type": "string"}}},
            },
        }
    },
)
def download(request, key: str):
    try:
        found = Attachment.objects.downloadable_by(request.user).with_message(key)
    except ValueError:
        raise Http404 from None
    if found is None or (found.message and found.message.is_note and not may_read_notes(request)):
        raise Http404
    # HEAD fetches nothing of the file.
    request.method = request.asked_method
    return file_views.download(request, found.pk)

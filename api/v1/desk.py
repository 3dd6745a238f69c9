"""What agents choose from: tags, teams, colleagues, and canned replies. Members learn of none."""

from django.http import Http404
from ninja import Query, Schema
from pydantic import Field

from api.scopes import Scope
from organizations.models import User
from tickets.models import CannedReply, Tag, Team, Ticket
from tickets.workspace.canned.filling import offers_for
from tickets.workspace.canned.list import BY_TITLE, CannedQuery
from ui.keys import LARGEST_KEY

from . import outputs, showing
from .operations import Endpoints, staff_only, ticket_or_404
from .paging import Paged, page_of
from .tickets import refuse_unknown_values

router = Endpoints(tags=["desk"])


@router.get_of(
    "/tags",
    outputs.Tags,
    scope=Scope.TICKETS_READ,
    operation_id="list_tags",
    summary="List the tags",
)
def tags(request):
    staff_only(request)
    return {"items": [_tag(each) for each in Tag.objects.known()]}


def _tag(tag):
    return {"id": tag.pk, "name": tag.name, "colour": tag.colour, "is_retired": tag.is_retired}


@router.get_of(
    "/teams",
    outputs.Teams,
    scope=Scope.TICKETS_READ,
    operation_id="list_teams",
    summary="List the teams with their agents",
)
def teams(request):
    staff_only(request)
    return {"items": [_team(each) for each in Team.objects.visible_to(request.user).with_people()]}


def _team(team):
    return {
        "id": team.pk,
        "name": team.name,
        "categories": sorted(each.category for each in team.categories.all()),
        "members": [showing.person_of(each.user) for each in team.members.all()],
    }


@router.get_of(
    "/agents",
    outputs.Agents,
    scope=Scope.TICKETS_READ,
    operation_id="list_agents",
    summary="List the agents",
)
def agents(request):
    """To whom tickets can be assigned, by name."""
    staff_only(request)
    found = User.objects.agents().order_by("name", "pk")
    return {"items": [showing.person_of(each) | {"is_present": each.is_present} for each in found]}


class CannedFilters(Paged):
    """Which canned replies."""

    find: str = Field("", max_length=200, description="Words of the title or the text.")
    show: str = Field("", description="own, team, shared or macros")
    category: str = ""


@router.get_of(
    "/canned-replies",
    outputs.CannedReplies,
    scope=Scope.TICKETS_READ,
    operation_id="list_canned_replies",
    summary="List canned replies by title",
)
def canned_replies(request, query: Query[CannedFilters]):
    """Those that the owner of the key finds: their own, those of their teams, and the shared."""
    staff_only(request)
    wanted = CannedQuery.read(request.GET)
    filters = {each.parameter: each for each in CannedQuery.filters.values()}
    refuse_unknown_values(wanted, filters, request)
    rows = wanted.narrow(_canned(request), None)
    found, following = page_of(rows, query, order=BY_TITLE)
    return {"items": [_reply(each) for each in found], "next": following}


@router.get_of(
    "/canned-replies/{reply_id}",
    outputs.CannedReply,
    scope=Scope.TICKETS_READ,
    operation_id="read_canned_reply",
    summary="Read a canned reply",
)
def canned_reply(request, reply_id: int):
    staff_only(request)
    found = _canned(request).keyed(reply_id) if 0 < reply_id <= LARGEST_KEY else None
    if found is None:
        raise Http404
    return _reply(found)


def _canned(request):
    return CannedReply.objects.visible_to(request.user).select_related("team", "assignee")


def _reply(reply):
    return {
        "id": reply.pk,
        "title": reply.title,
        "scope": reply.scope,
        "team": showing.team_of(reply.team),
        "category": reply.category,
        "body_fa": reply.body_fa,
        "body_en": reply.body_en,
        "is_macro": reply.is_macro,
        "then": reply.then,
        "priority": reply.priority,
        "reason": reply.reason,
        "new_category": reply.new_category,
        "assignee": reply.assignee and showing.person_of(reply.assignee),
        "tags": reply.tag_ids,
    }


class OfferQuery(Schema):
    """Which canned replies fit."""

    q: str = Field("", max_length=200, description="Words of the title or the text.")


@router.get_of(
    "/tickets/{number}/canned-replies",
    outputs.Offers,
    scope=Scope.TICKETS_READ,
    operation_id="fill_canned_replies",
    summary="Fill canned replies with the values of a ticket",
)
def offers(request, number: str, query: Query[OfferQuery]):
    """The twenty that fit best, as the composer of the page offers them."""
    staff_only(request)
    ticket = ticket_or_404(request, number)
    ticket = Ticket.objects.visible_to(request.user).with_people().get(pk=ticket.pk)
    found = offers_for(ticket, request.user, text=query.q, now=request.now)
    return {"items": [_offer(each) for each in found]}


def _offer(offer):
    return {
        "id": offer.reply.pk,
        "title": offer.reply.title,
        "text": offer.text,
        "summary": str(offer.summary),
        "warnings": [str(each) for each in offer.warnings],
    }

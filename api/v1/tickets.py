"""Tickets: the list with the filters of the pages, one of them, and a new one."""

from django.utils.translation import gettext as _
from ninja import Query, Schema, Status
from pydantic import Field

from api.errors import Problem
from api.scopes import Scope
from organizations.models import Organization, User
from tickets import services
from tickets.lists.filters import Choices, Reader, Search
from tickets.models import Ticket
from tickets.portal.query import PortalQuery
from tickets.workspace.query import QueueQuery
from tickets.workspace.references import References

from . import inputs, outputs, showing
from .operations import (
    Endpoints,
    etag_of,
    field_problem,
    form_key,
    pending_files,
    person,
    ticket_or_404,
    visible_ticket,
    visible_tickets,
)
from .paging import Paged, page_of

router = Endpoints(tags=["tickets"])
# What is about the look of a page, not about which tickets.
OF_PAGES = {"rows", "hide", "columns", "view"}
# The rows that an answer names; with another one it is read again.
NAMED = ("organization_id", "requester_id", "assignee_id", "team_id", "merged_into_id")
OF_PAGING = set(Paged.model_fields) | {"fields"}


class TicketFilters(Schema):
    """The filters of the queue, for staff, and of the list, for members."""

    q: str = Field("", max_length=200, description="Words and quoted phrases, or a number.")
    status: str = Field("", description="A status; also `any` (staff) or `open` (members).")
    priority: str = Field("", description="Staff: several by commas.")
    category: str = Field("", description="Staff: several by commas.")
    organization: str = Field("", description="The key of an organization; staff: several.")
    plan: str = Field("", description="Staff: the keys of plans by commas.")
    due: str = Field("", description="Staff: soon, overdue. Members: over, promised, none.")
    waiting: str = Field("", description="Staff: longer than so many hours.")
    assignee: str = Field("", description="Staff: ids by commas, `me` or `nobody`.")
    team: str = Field("", description="Staff: ids by commas, `mine` or `none`.")
    requester: str = Field("", description="Staff: ids or addresses by commas.")
    from_: str = Field("", alias="from", description="Staff: opened on this day or later.")
    to: str = Field("", description="Staff: opened on this day or earlier.")
    rating: str = Field("", description="Staff: scores by commas; 0 for none.")
    followed: str = Field("", description="Staff: `me`.")
    breached: str = Field("", description="Staff: `recent`.")
    rated: str = Field("", description="Staff: `recent`.")
    snoozed: str = Field("", description="Staff: only, too.")
    tags: str = Field("", description="Staff: ids by commas; tickets with each of them.")
    age: str = Field("", description="Staff: the age of open tickets.")
    closed: str = Field("", description="Staff: `automatically`.")
    hour: str = Field("", description="Staff: due within the hour from, as 20261129T0630Z.")
    of: str = Field("", description="Members: `mine`.")
    updated: str = Field("", description="Members: today, week, month, older.")
    speaker: str = Field("", description="Members: support, us.")


class TicketQuery(TicketFilters, Paged):
    """Which tickets, in which order, and what of each."""

    sort: str = Field("", description="A column, with `-` before it falling.")
    fields: str = Field("", description="The fields to give, by commas.")


@router.get_of(
    "/tickets",
    outputs.Tickets,
    scope=Scope.TICKETS_READ,
    operation_id="list_tickets",
    summary="List and search tickets",
)
def tickets(request, query: Query[TicketQuery]):
    """In the order of the queue for staff, the latest change first for members."""
    wanted = wanted_of(request)
    rows, organization = visible_tickets(request), None
    if not request.user.is_agent and query.organization:
        organization = _own_organization(request.user, query.organization)
        rows = rows.of_organization(organization)
    found = wanted.apply(rows, Reader(request.user, request.now))
    if request.user.is_agent:
        found = wanted.sorted(found)
    shown, following = page_of(found, query, order=wanted.order)
    choose_fields(request, query.fields)
    items = [showing.ticket_of(each, request.user) for each in shown]
    return {"items": items, "next": following, "is_partial": found.is_partial}


class OneTicketQuery(Schema):
    """Which fields of the ticket."""

    fields: str = Field("", description="The fields to give, by commas.")


@router.get_of(
    "/tickets/{number}",
    outputs.Ticket,
    scope=Scope.TICKETS_READ,
    operation_id="read_ticket",
    summary="Read a ticket",
)
def ticket(request, number: str, query: Query[OneTicketQuery]):
    """Its `ETag` is what `If-Match` of a change names."""
    choose_fields(request, query.fields)
    return shown_ticket(request, ticket_or_404(request, number))


@router.post_to(
    "/tickets",
    {201: outputs.Ticket},
    scope=Scope.TICKETS_WRITE,
    operation_id="open_ticket",
    summary="Open a ticket",
)
def open_ticket(request, body: inputs.NewTicket):
    requester, organization = _for_whom(request, body)
    opened = services.open_ticket(
        requester=requester,
        opened_by=request.user,
        organization=organization,
        draft=services.Draft(
            title=body.title,
            description=body.description,
            category=body.category,
            priority=body.priority,
            files=pending_files(request, body.attachments),
        ),
        form_key=form_key(request),
        now=request.now,
    )
    return Status(201, again(request, opened))


def again(request, ticket, *, before=None):
    """The ticket as it is after a change, as an answer: as it was `before`, where whoever changed
    it does not see it any more, as one who no longer watches it."""
    return shown_ticket(request, visible_ticket(request, ticket.pk) or before)


def changed_only(request, before, after):
    """As `again`, without reading it, where the service that changed the row `before` gave it as it
    is now, and neither people nor tags are others."""
    if any(getattr(before, name) != getattr(after, name) for name in ("pk", *NAMED)):
        return again(request, after, before=before)
    for field in Ticket._meta.concrete_fields:
        if field.attname in vars(after):
            vars(before)[field.attname] = vars(after)[field.attname]
    return shown_ticket(request, before)


def shown_ticket(request, ticket):
    """The ticket as an answer, which carries its version."""
    request.etag = etag_of(ticket, request.user)
    return showing.ticket_of(ticket, request.user)


def wanted_of(request):
    """The query of the address, read strictly: what a page would pass over is refused here."""
    kind = QueueQuery if request.user.is_agent else PortalQuery
    filters = {each.parameter: each for each in kind.filters.values()}
    known = set(filters) - OF_PAGES | OF_PAGING | {"organization"}
    for name, text in request.GET.items():
        # Generated clients send every parameter, those that were not given as empty texts.
        if text and name not in known:
            raise refused_parameter(name, _("You cannot use this filter."))
    wanted = kind.read(request.GET)
    refuse_unknown_values(wanted, filters, request)
    return wanted


def refuse_unknown_values(wanted, filters, request):
    """Refuse what a page would pass over: a value that a filter does not know."""
    for name, text in request.GET.items():
        each = filters.get(name)
        if (
            each
            and text
            and not isinstance(each, Search)
            and not _is_understood(wanted, each, text)
        ):
            sentence = each.why_refused(text) or _("Choose from the list.")
            raise refused_parameter(name, sentence)


def _is_understood(wanted, each, text):
    """Whether a filter took all that the text names."""
    if isinstance(each, References | Choices):
        named = {part.strip() for part in text.split(",")}
        return len(named) == len(getattr(wanted, each.name))
    return each.parse(text) is not None


def refused_parameter(name, sentence):
    """The problem of one parameter of the address."""
    return Problem(422, "parameter", sentence, errors=[(f"?{name}", "unknown", sentence)])


def _own_organization(user, key):
    found = Organization.objects.visible_to(user).keyed(key)
    if found is None:
        raise refused_parameter("organization", _("Choose from the list."))
    return found


def choose_fields(request, fields):
    """Let the answer hold only the named fields of what the reader is shown anyway."""
    if fields:
        known = set(outputs.Ticket.model_fields)
        if not request.user.is_agent:
            known -= showing.INTERNAL
        request.chosen_fields = set(fields.split(","))
        if request.chosen_fields - known:
            raise refused_parameter("fields", _("Choose from the list."))


def _for_whom(request, body):
    """(requester, organization) of a new ticket."""
    user, key = request.user, body.organization
    if user.is_agent:
        organization = Organization.objects.visible_to(user).keyed(key)
        if organization is None:
            raise field_problem("organization", "unknown", _("Choose from the list."))
        members = User.objects.members_of(organization)
        requester = person(request, body.requester, members, field="requester")
        if requester is None:
            raise field_problem("requester", "required", _("This field is required."))
        return requester, organization
    if body.requester not in {None, user.pk}:
        raise field_problem("requester", "unknown", _("Choose from the list."))
    own = {each.organization.key: each for each in user.membership_by_organization.values()}
    if not key and len(own) == 1:
        key = next(iter(own))
    if key not in own:
        raise field_problem("organization", "unknown", _("Choose from the list."))
    return user, own[key].organization

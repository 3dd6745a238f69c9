"""What endpoints share: the scope that each needs, the ticket in the address, its version."""

import hashlib
from functools import wraps
from uuid import NAMESPACE_URL, uuid5

from django.http import Http404, HttpResponse
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from ninja import Router, Status
from ninja.security import HttpBearer
from pydantic_core import to_json

from api.errors import Problem
from api.scopes import Scope
from organizations.models import User
from tickets import services
from tickets.models import Ticket
from tickets.prepared import Prepared
from tickets.querysets.rows import PUBLIC_FACTS
from tickets.search.ticket_numbers import NumberConverter, typed_number


def no_scope(scope):
    """The problem of a key without that scope."""
    sentence = _("The key does not have the scope “%(scope)s”.") % {"scope": scope}
    return Problem(403, "scope", sentence)


class ApiKeyAuth(HttpBearer):
    """A key in the header; the door has checked it, here it needs the scope of the endpoint."""

    openapi_description = "An API key: `Authorization: Bearer hdk_…`"

    def __init__(self, scope=None):
        super().__init__()
        self.scope = scope

    def authenticate(self, request, token):
        if self.scope and self.scope not in request.api_key.scopes:
            raise no_scope(self.scope)
        return request.api_key


class Endpoints(Router):
    """A router whose endpoints each name the scope they need."""

    def get_of(self, path, response, *, scope, **settings):
        return self._endpoint(self.get, path, response, scope, settings)

    def post_to(self, path, response, *, scope, **settings):
        return self._endpoint(self.post, path, response, scope, settings)

    def _endpoint(self, method, path, response, scope, settings):
        extra = settings.pop("openapi_extra", {}) | {"x-scope": str(scope or "")}

        def register(view):
            return method(
                path,
                response=response,
                auth=ApiKeyAuth(scope),
                openapi_extra=extra,
                **settings,
            )(_strict(view))

        return register


def _strict(view):
    """Refuse parameters of the address that the endpoint does not know, or that stand twice; give
    its answer as JSON.

    The framework would build each row twice more to compare it with the contract. Here functions
    name each field, and every answer of the tests is compared with it (`tests/api/conftest.py`).
    """
    query = view.__annotations__.get("query")
    fields = getattr(query, "__args__", [query])[0].model_fields if query else {}
    known = {each.alias or name for name, each in fields.items()}

    @wraps(view)
    def checked(request, *args, **kwargs):
        for name, values in request.GET.lists():
            if name not in known or len(values) > 1 or any("\0" in each for each in values):
                sentence = _("There is no such parameter here, or it appears twice.")
                pointer = f"?{name[:40]}"
                raise Problem(422, "parameter", sentence, errors=[(pointer, "unknown", sentence)])
        return _as_json(request, view(request, *args, **kwargs))

    return checked


def _as_json(request, result):
    status, value = 200, result
    if isinstance(result, Status):
        status, value = result.status_code, result.value
    if not isinstance(value, dict):
        return result
    if names := request.chosen_fields:
        rows = [_only(names, row) for row in value.get("items", [value])]
        value = value | {"items": rows} if "items" in value else rows[0]
    # Lazy texts are in the language of the reader only now.
    content = to_json(value, fallback=str)
    return HttpResponse(content, status=status, content_type="application/json; charset=utf-8")


def _only(names, row):
    return {name: value for name, value in row.items() if name in names}


def staff_only(request):
    """What is for staff alone does not exist for members."""
    if not request.user.is_agent:
        raise Http404


def may_read_notes(request):
    """Whether the key may be shown internal notes."""
    return request.user.is_agent and Scope.NOTES in request.api_key.scopes


def visible_tickets(request):
    """The tickets that the person of the key may see, with what an answer holds of each."""
    tickets = Ticket.objects.visible_to(request.user)
    return _for_staff(tickets) if request.user.is_agent else _for_members(tickets, tickets)


def _for_staff(tickets):
    found = tickets.select_related("organization", "requester", "assignee", "team")
    return found.with_tags()


def _for_members(tickets, seen):
    # The page of a merged ticket does not name a target that its reader does not see.
    return tickets.select_related("organization", "requester").with_sight_of_target(seen)


@Prepared
def _one_for_staff(number):
    return _for_staff(Ticket.objects.of_number(number))


@Prepared
def _one_for_member(sees_all, number, organization, person):
    seen = Ticket.objects.visible_in(organization, person, sees_all=sees_all)
    return _for_members(seen.of_number(number), seen)


def visible_ticket(request, key):
    """As `visible_tickets`, the one of that number, or None; for nearly everybody by a statement
    that is kept."""
    user, membership = request.user, request.user.only_membership
    if user.is_agent and user.is_active:
        found = _one_for_staff.rows(number=key)
    elif membership and user.is_active:
        whose = {"organization": membership.organization_id, "person": user.pk}
        found = _one_for_member.rows(membership.sees_all, number=key, **whose)
    else:
        found = list(visible_tickets(request).of_number(key))
    return found[0] if found else None


def ticket_or_404(request, number):
    """The ticket of the address. What `If-Match` names must be its version, else Problem 412."""
    try:
        key = NumberConverter().to_python(number)
    except ValueError:
        raise Http404 from None
    ticket = visible_ticket(request, key) if 0 < key < 2**63 else None
    if ticket is None:
        raise Http404
    if not _names_version_of(request, ticket):
        raise Problem(
            412, "stale", _("The ticket has changed in the meantime. Read it again first.")
        )
    return ticket


def changing_as_seen(request, ticket):
    """A block whose changes are refused where the ticket is another one than `If-Match` names."""

    def is_as_seen(held):
        return held.pk != ticket.pk or _names_version_of(request, held)

    return services.only_if(is_as_seen)


def _names_version_of(request, ticket):
    """Whether `If-Match`, if there is one, names the version that the ticket has. As RFC 9110 has
    it: one of several is enough, `*` is any, and a weak tag is none."""
    wanted = request.headers.get("If-Match")
    if wanted is None:
        return True
    tags = parse_etags(wanted)
    return "*" in tags or etag_of(ticket, request.user) in tags


def etag_of(ticket, reader):
    """The version of a ticket: for staff its row's, for members only of what is public."""
    if reader.is_agent:
        return f'"{ticket.version}"'
    facts = "|".join(str(getattr(ticket, name)) for name in PUBLIC_FACTS)
    return f'"{hashlib.sha256(facts.encode()).hexdigest()[:20]}"'


def other_ticket(request, number):
    """A ticket that the body names. Raises Problem 422 where there is none."""
    key = typed_number(number)
    other = None if key is None else Ticket.objects.visible_to(request.user).numbered(key)
    if other is None:
        raise field_problem("number", "number", unknown_number())
    return other


def unknown_number():
    """That no ticket has a number, in words."""
    return _("There is no ticket with this number.")


def person(request, key, people, *, field):
    """One of `people` by key, or None for None. Raises Problem 422."""
    found = None if key is None else people.filter(pk=key).first()
    if key is not None and found is None:
        raise field_problem(field, "unknown", _("Choose from the list."))
    return found


def agent_named(request, key, *, field):
    return person(request, key, User.objects.agents(), field=field)


def field_problem(field, code, sentence):
    return Problem(422, code, sentence, errors=[(f"/{field}", code, sentence)])


def form_key(request):
    """The `Idempotency-Key` as the key of a form, by which the services know what was sent."""
    if request.idempotency_key is None:
        return None
    return uuid5(NAMESPACE_URL, f"api-key:{request.api_key.pk}:{request.idempotency_key}")


def pending_files(request, keys):
    """The person's uploads of these ids. Raises Problem 422 where one is gone."""
    files = services.pending_of(request.user, list(keys))
    if len(files) != len(set(keys)):
        sentence = _("A file is no longer available. Attach it again.")
        raise field_problem("attachments", "file_gone", sentence)
    return tuple(files)

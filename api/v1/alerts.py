"""Alerts of monitoring: each fault opens one ticket, which follows it."""

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _
from ninja import Query, Schema
from pydantic import Field, ValidationError

from api.errors import Problem, problem_of
from api.scopes import Scope
from organizations.models import Organization, User
from tickets import services
from tickets.errors import TicketError
from ui.wording import number

from . import kinds
from .alert_formats import Alerts, Unreadable, readers_of
from .operations import Endpoints, field_problem, person
from .tickets import refused_parameter

router = Endpoints(tags=["alerts"])
# What a request carries out; of more alerts the rest is refused, and sent again by its sender.
MOST_ALERTS = 100
# The answer is that of the worst: what passes comes first, then what a sender can wait for.
WORST_FIRST = (503, 429, 409, 403, 422)
WAIT = {503: "30", 429: "600"}


class AlertQuery(Schema):
    """What senders cannot put into the body of others' making."""

    organization: str = Field(
        "", max_length=40, description="Needed by staff, and by members of several organizations."
    )
    requester: int | None = Field(
        None, ge=1, le=2**63 - 1, description="Of staff: a member; else the first owner."
    )
    priority: kinds.Priority | None = Field(None, description="Instead of the severity's.")
    category: kinds.Category | None = Field(None, description="Else `technical`.")


class AlertResult(Schema):
    """What became of one alert."""

    fingerprint: str
    outcome: str = Field(
        description="opened, counted, written, reopened, followed_up, resolved, closed, unchanged, "
        "ignored or refused."
    )
    ticket: str | None
    code: str = Field("", description="Why it was refused.")
    detail: str = ""


class AlertResults(Schema):
    """In the order of the alerts that were sent."""

    results: list[AlertResult]


def receive(request, body: Alerts, query: Query[AlertQuery]):
    """The body is that of a webhook of Alertmanager (its `alerts`) or Uptime Kuma (`heartbeat`,
    `monitor`, `msg`), or one alert. A fault is known by organization, name of the key and
    fingerprint: reported again it is counted in the history of its ticket. Resolved, it adds a
    message; with the scope `alerts:close` it closes the ticket if nobody else wrote on it. Where an
    alert is refused, the answer is a problem with the `results` of all."""
    # The model has checked what it declares; senders write more than that.
    readers = _readers(request.json or {})
    organization, requester = _for_whom(request, query)
    receiving = {
        "actor": request.user,
        "organization": organization,
        "requester": requester,
        "may_close": Scope.ALERTS_CLOSE in request.api_key.scopes,
    }
    settings = {
        "source": request.api_key.name,
        "priority": query.priority,
        "category": query.category,
    }
    results, problems = [], []
    for place, read in enumerate(readers):
        if place >= MOST_ALERTS:
            sentence = _("One request carries at most %(limit)s alerts.")
            problem = Problem(422, "too_many_alerts", sentence % {"limit": number(MOST_ALERTS)})
            result = _refused("", problem)
        else:
            result, problem = _received(read, settings, receiving)
        results.append(result)
        problems += [problem] if problem else []
        if problem and problem.status == 503:
            break
    if problems:
        raise _worst(problems, results)
    return {"results": results}


for path, is_shown in (("/alerts/", True), ("/alerts", False)):
    router.post_to(
        path,
        AlertResults,
        scope=Scope.ALERTS,
        operation_id="receive_alerts",
        summary="Send alerts, which open, follow and close tickets",
        include_in_schema=is_shown,
    )(receive)


def _readers(sent):
    try:
        return readers_of(sent)
    except ValidationError as invalid:
        errors = [
            (f"/{'/'.join(map(str, each['loc']))}"[:200], each["type"], _sentence(each))
            for each in invalid.errors(include_url=False, include_input=False)
        ]
        raise Problem(422, "invalid", _("Check the marked fields."), errors=errors) from None


def _sentence(error):
    if error["type"] == "missing":
        return _("This field is required.")
    if error["type"] == "extra_forbidden":
        return _("There is no such field.")
    return _("This value is not of the kind that is expected here.")


def _received(read, settings, receiving):
    """(the result of one alert, the problem that it is or None)."""
    fingerprint = ""
    try:
        report = read(settings)
        if report is None:
            return {"fingerprint": "", "outcome": "ignored", "ticket": None}, None
        fingerprint = report.fingerprint
        outcome, ticket = services.receive_alert(report, **receiving)
    except Unreadable:
        problem = Problem(422, "invalid", _("The alert neither fires nor is it resolved."))
    except TicketError as refused:
        problem = problem_of(refused)
    except (OperationalError, InterfaceError):
        problem = Problem(503, "unavailable", _("The service does not answer now"))
    else:
        shown = ticket and ticket.number
        return {"fingerprint": fingerprint, "outcome": str(outcome), "ticket": shown}, None
    return _refused(fingerprint, problem), problem


def _refused(fingerprint, problem):
    refused = {"fingerprint": fingerprint, "outcome": "refused", "ticket": None}
    return refused | {"code": problem.code, "detail": problem.sentence}


def _worst(problems, results):
    worst = min(problems, key=lambda each: WORST_FIRST.index(each.status))
    worst.more = {"results": results}
    if worst.status in WAIT:
        worst.headers = {"Retry-After": WAIT[worst.status]}
    return worst


def _for_whom(request, query):
    """(organization, requester or None) of new tickets."""
    user = request.user
    if not user.is_agent:
        own = {
            each.organization.key: each.organization
            for each in user.membership_by_organization.values()
        }
        key = query.organization or (next(iter(own)) if len(own) == 1 else "")
        if key not in own:
            raise refused_parameter("organization", _("Choose from the list."))
        return own[key], None
    organization = Organization.objects.visible_to(user).keyed(query.organization)
    if organization is None:
        raise refused_parameter("organization", _("Choose from the list."))
    members = User.objects.members_of(organization)
    found = person(request, query.requester, members, field="requester")
    found = found or services.requester_for(organization)
    if found is None:
        raise field_problem("requester", "required", _("This field is required."))
    return organization, found

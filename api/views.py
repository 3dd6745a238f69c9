"""The door of the API: what every request passes, whichever endpoint it is for."""

import hashlib
import json
from contextlib import ExitStack

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import resolve
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from tickets.errors import TicketError
from tickets.events import recorded_through
from tickets.models import Ticket
from ui.keys import key_in
from ui.time_zones import known_zone

from . import services
from .authenticating import authenticate, count_request, refuse_key_in_address
from .errors import Problem, problem_of
from .problems import asked_language, problem_response
from .reading import body_of, check_content_type, digest_of, is_storable, read_json
from .reference import DOCUMENT, operations_by_tag
from .scopes import Scope

# The endpoints and the framework they are written in are imported with the first request.
ENDPOINTS = "api.v1.urls"
HEADINGS = {
    "organizations": gettext_lazy("Organizations and plans"),
    "tickets": gettext_lazy("Tickets"),
    "conversation": gettext_lazy("Messages, files, history and clocks"),
    "actions": gettext_lazy("Actions"),
    "bulk": gettext_lazy("Many tickets at once"),
    "desk": gettext_lazy("Tags, teams and canned replies"),
    "alerts": gettext_lazy("Alerts"),
    "reports": gettext_lazy("Reports"),
}
LONGEST_IDEMPOTENCY_KEY = 200
# What is kept of an answer beside its body.
KEPT_HEADERS = ("Content-Type", "ETag", "Location")


@require_safe
def openapi(request):
    """The contract, as it is checked in."""
    try:
        refuse_key_in_address(request)
    except Problem as problem:
        return problem_response(problem)
    response = FileResponse(DOCUMENT.open("rb"), content_type="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@require_safe
def docs(request):
    """The contract as a page, for whoever writes a program."""
    sections = [(HEADINGS[tag], found) for tag, found in operations_by_tag()]
    scopes = [(scope.value, scope.label) for scope in Scope]
    context = {"sections": sections, "scopes": scopes, "base": f"{settings.SITE_URL}/api/v1"}
    return render(request, "api/docs.html", context)


# Without cookies there is no session whose rights another site could use.
@csrf_exempt
def endpoint(request, rest=""):
    """Any address under /api/v1/: who asks, how often, then what the endpoint answers."""
    now = request.now = timezone.now()
    # For the middleware, too, where this fails.
    headers = request.api_headers = {"Vary": "Authorization, Accept-Language"}
    with ExitStack() as stack:
        stack.enter_context(translation.override(asked_language(request)))
        try:
            refuse_key_in_address(request)
            request.api_key = key = authenticate(request, now=now)
            request.user = key.acts_as
            if "Accept-Language" not in request.headers:
                stack.enter_context(translation.override(request.user.language))
            stack.enter_context(timezone.override(known_zone(request.user.time_zone)))
            stack.enter_context(recorded_through(key.name))
            request.api_language = translation.get_language()
            headers |= count_request(request, key, now=now)
            response = _answer(request, key, now)
        except Problem as problem:
            response = problem_response(problem)
        except Http404:
            response = problem_response(Problem(404, "not_found", _("There is nothing here.")))
        except TicketError as refused:
            is_conditional = "If-Match" in request.headers
            response = problem_response(problem_of(refused, is_conditional=is_conditional))
        response.headers["Content-Language"] = translation.get_language()
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _answer(request, key, now):
    """The answer of the endpoint; of a request with an `Idempotency-Key` the first one."""
    idempotency_key = request.headers.get("Idempotency-Key")
    request.idempotency_key = None
    if request.method != "POST" or idempotency_key is None:
        return _ask_endpoint(request)
    if not (0 < len(idempotency_key) <= LONGEST_IDEMPOTENCY_KEY) or not (
        idempotency_key.isascii() and idempotency_key.isprintable()
    ):
        sentence = _("An Idempotency-Key is a text of up to 200 printable ASCII characters.")
        raise Problem(400, "idempotency_key", sentence)
    request.idempotency_key = idempotency_key
    sent = services.start_request(key, idempotency_key, digest_of(request), now=now)
    if sent.status is not None:
        return _answered_before(request, sent)
    is_kept = False
    try:
        response = _ask_endpoint(request)
        # A file that streams is not kept, but made again.
        if response.status_code < 300 and not response.streaming:
            kept = {name: response[name] for name in KEPT_HEADERS if name in response.headers}
            body = response.content.decode()
            services.finish_request(sent, status=response.status_code, body=body, headers=kept)
            is_kept = True
    finally:
        if not is_kept:
            services.finish_request(sent)
    return response


def _answered_before(request, sent):
    """The first answer, as long as the person may still see the ticket that it shows."""
    number = json.loads(sent.body).get("number", "")
    key = key_in(number.rpartition("-")[2])
    if key and not Ticket.objects.visible_to(request.user).of_number(key).exists():
        raise Http404
    response = HttpResponse(sent.body, status=sent.status)
    for name, value in sent.headers.items():
        response.headers[name] = value
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _ask_endpoint(request):
    if not is_storable(request.path_info):
        raise Http404
    match = resolve(request.path_info, urlconf=ENDPOINTS)
    request.etag = request.json = request.chosen_fields = None
    request.is_tagged_by_content = False
    takes_file = match.route.endswith("/attachments")
    check_content_type(request, takes_file=takes_file)
    if request.method == "POST" and not takes_file and body_of(request):
        request.json = read_json(request)
    response = _asked(request, match)
    if request.is_tagged_by_content:
        tag = f'"{hashlib.sha256(response.content).hexdigest()[:20]}"'
        response.headers["ETag"] = tag
        return get_conditional_response(request, etag=tag, response=response)
    if request.etag:
        response.headers["ETag"] = request.etag
    return response


def _asked(request, match):
    """The answer of the endpoint; to HEAD that of GET, whose body the web server leaves out."""
    method = request.asked_method = request.method
    request.method = "GET" if method == "HEAD" else method
    try:
        return match.func(request, *match.args, **match.kwargs)
    finally:
        request.method = method

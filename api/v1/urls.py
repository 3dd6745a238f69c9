"""The addresses of the first version, and the framework's part: validation, its sentences."""

from django.http import Http404
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from api.errors import Problem
from tickets.errors import TicketError
from ui.wording import number

from . import actions, alerts, bulk, conversation, desk, feed, organizations, reports, tickets

DESCRIPTION = "The helpdesk for programs: what a key may do is what its owner may do on the pages."


class StrictParser(Parser):
    """The body was read by the door: see `api.reading`."""

    def parse_body(self, request):
        return request.json


class HelpdeskAPI(NinjaAPI):
    """Leaves errors to the door, which knows the language of the reader."""

    def set_default_exception_handlers(self):
        """Only what the framework itself raises becomes a Problem here."""
        for kind in (Exception, Http404, HttpError, Problem, TicketError):
            self.exception_handler(kind)(_raise)
        self.exception_handler(ValidationError)(_invalid)


def _raise(request, error):
    if isinstance(error, HttpError):
        raise Problem(error.status_code, "malformed", _("The request cannot be read."))
    raise error


def _invalid(request, error):
    if any(each["loc"][0] == "path" for each in error.errors):
        raise Http404
    errors = [_field_error(each) for each in error.errors]
    raise Problem(422, "invalid", _("Check the marked fields."), errors=errors)


def _field_error(error):
    source, *names = error["loc"]
    # The name of the endpoint's argument is of no interest.
    names = [str(each) for each in names[1:] or names]
    pointer = "/" + "/".join(names) if source == "body" else f"?{'/'.join(names)}"
    kind, context = error["type"], error.get("ctx", {})
    return pointer[:200], kind, str(context.get("sentence") or _sentence(kind, context))


def _sentence(kind, context):
    if kind == "missing":
        return _("This field is required.")
    if kind == "extra_forbidden":
        return _("There is no such field.")
    if kind in {"literal_error", "enum"}:
        return _("Choose from the list.")
    if kind == "string_too_long":
        limit = context["max_length"]
        sentence = ngettext(
            "Enter at most %(limit)s character.", "Enter at most %(limit)s characters.", limit
        )
        return sentence % {"limit": number(limit)}
    return _("This value is not of the kind that is expected here.")


api = HelpdeskAPI(
    title="Helpdesk",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url=None,
    parser=StrictParser(),
)
OF_TICKETS = (tickets, feed, conversation, actions, bulk, alerts)
for module in (organizations, *OF_TICKETS, desk, reports):
    api.add_router("", module.router)

urlpatterns = [path("api/v1/", api.urls)]

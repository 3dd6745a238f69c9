"""Errors as answers: RFC 9457, `application/problem+json`."""

import json

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation

from .errors import title_of

CONTENT_TYPE = "application/problem+json"
DESCRIBED_AT = "/api/docs/#errors"
# The codes of what was refused before any endpoint was asked.
CODES = {
    400: "malformed",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "content_type",
    416: "range",
    429: "too_many",
    500: "failed",
    503: "unavailable",
}


def asked_language(request):
    """The language that the request asks for; without one that of the site."""
    if "Accept-Language" in request.headers:
        return translation.get_language_from_request(request)
    return settings.LANGUAGE_CODE


def problem_response(problem):
    """The answer that a Problem is."""
    body = {
        "type": DESCRIBED_AT,
        "title": title_of(problem.status),
        "status": problem.status,
        "code": problem.code,
        "detail": problem.sentence,
    }
    if problem.errors:
        body["errors"] = [
            {"pointer": pointer, "code": code, "detail": sentence}
            for pointer, code, sentence in problem.errors
        ]
    body |= problem.more
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), status=problem.status, content_type=CONTENT_TYPE
    )
    response.headers["Content-Length"] = str(len(response.content))
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response

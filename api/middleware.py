"""What goes around each request of the API: no cookies on the way in, no pages on the way out."""

from django.utils import translation

from .errors import Problem, title_of
from .problems import CODES, CONTENT_TYPE, asked_language, problem_response

ROOT = "/api/v1/"


class ApiMiddleware:
    """Takes the cookies away from requests of the API, so that no session ever opens it, and gives
    failures that would be pages as problems."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(ROOT):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        request.COOKIES = {}
        response = self.get_response(request)
        if response.status_code < 400 or response.get("Content-Type") == CONTENT_TYPE:
            return response
        language = getattr(request, "api_language", None) or asked_language(request)
        with translation.override(language):
            problem = self._as_problem(response)
        # What the door found out before it came to this, such as how many requests are left.
        found = getattr(request, "api_headers", {}) | {"Content-Language": language}
        for name, value in found.items():
            problem.headers[name] = value
        return problem

    def _as_problem(self, response):
        status = response.status_code
        kept = {
            name: response.headers[name]
            for name in ("Allow", "Retry-After", "Content-Range")
            if name in response.headers
        }
        code = CODES.get(status, "failed")
        return problem_response(Problem(status, code, title_of(status), headers=kept))

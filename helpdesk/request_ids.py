"""One id from a page to the tasks that it leads to and to their mails, in every line of the log."""

import logging
import secrets
import time
from contextvars import ContextVar

from celery.signals import before_task_publish, task_postrun, task_prerun

NONE = "-"
HEADER = "X-Request-ID"
# The name under which a task carries the id.
CARRIED = "request_id"
OUTCOMES = {"SUCCESS": "succeeded", "FAILURE": "failed", "RETRY": "is tried again"}

_current = ContextVar(CARRIED, default=NONE)
_request = ContextVar("request", default=None)
logger = logging.getLogger("helpdesk.tasks")


def new_id():
    """An id that no client chooses; short enough to be read out."""
    return secrets.token_hex(6)


def current_id():
    """The id of what runs here, or NONE."""
    return _current.get()


def current_request():
    """The request that is answered here, or None."""
    return _request.get()


def reference():
    """The id of what runs here; a new one where it has none."""
    return new_id() if current_id() == NONE else current_id()


class RequestIdMiddleware:
    """Gives each request an id of its own, and tells it in a header of the answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Nor does one choose the trace that a request belongs to.
        request.META.pop("HTTP_TRACEPARENT", None)
        token, kept = _current.set(new_id()), _request.set(request)
        try:
            response = self.get_response(request)
            response.headers[HEADER] = current_id()
        finally:
            _current.reset(token)
            _request.reset(kept)
        return response


@before_task_publish.connect
def send_along(headers=None, **kwargs):
    """A task carries the id of what publishes it."""
    if headers is not None and current_id() != NONE:
        headers.setdefault(CARRIED, current_id())


@task_prerun.connect
def take_over(task=None, task_id="", **kwargs):
    """A task goes on with the id that it carries; one of beat gets its own."""
    carried = task.request.get(CARRIED)
    task.request.request_id_token = _current.set(carried or new_id())
    task.request.began_at = time.monotonic()


@task_postrun.connect
def give_back(task=None, task_id="", state=None, **kwargs):
    """Log the run in one line; what the process does next is something else."""
    took = round(1000 * (time.monotonic() - task.request.get("began_at", time.monotonic())))
    outcome = OUTCOMES.get(state, "ended")
    facts = {"outcome": outcome, "duration_ms": took}
    logger.info("Task %s[%s] %s in %d ms", task.name, task_id, outcome, took, extra=facts)
    token = task.request.get("request_id_token")
    if token is not None:
        _current.reset(token)

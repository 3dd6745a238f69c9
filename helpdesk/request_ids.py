"""One id from a page to the tasks that it leads to and to their mails, in every line of the log."""

import logging
import secrets
from contextvars import ContextVar

from celery.signals import before_task_publish, task_postrun, task_prerun

NONE = "-"
HEADER = "X-Request-ID"
# The name under which a task carries the id.
CARRIED = "request_id"

_current = ContextVar(CARRIED, default=NONE)


def new_id():
    """An id that no client chooses; short enough to be read out."""
    return secrets.token_hex(6)


def current_id():
    """The id of what runs here, or NONE."""
    return _current.get()


def reference():
    """The id of what runs here; a new one where it has none."""
    return new_id() if current_id() == NONE else current_id()


class RequestIdMiddleware:
    """Gives each request an id of its own, and tells it in a header of the answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = _current.set(new_id())
        try:
            response = self.get_response(request)
            response.headers[HEADER] = current_id()
        finally:
            _current.reset(token)
        return response


class WithRequestId(logging.Filter):
    """Gives each line of the log the id that the format names."""

    def filter(self, record):
        record.request_id = current_id()
        return True


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


@task_postrun.connect
def give_back(task=None, **kwargs):
    """What the process does next is something else."""
    token = task.request.get("request_id_token")
    if token is not None:
        _current.reset(token)

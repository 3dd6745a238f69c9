"""What each line of the log knows beside its text: the ids of request, person and task."""

import logging

from celery import current_task
from django.utils.functional import SimpleLazyObject

from helpdesk.request_ids import current_id, current_request


class WithContext(logging.Filter):
    """Gives each record the ids of what runs here; a person where the request has asked who."""

    def filter(self, record):
        record.request_id = current_id()
        record.user_id = user_id(current_request())
        record.task = record.task_id = None
        # Outside of a task this is a proxy of nothing, which is false.
        if current_task:
            record.task, record.task_id = current_task.name, current_task.request.id
        return True


def user_id(request):
    """Of whom the request is, without asking the database: None where nothing has asked yet."""
    kept = getattr(request, "__dict__", {})
    user = kept.get("user")
    if isinstance(user, SimpleLazyObject):
        user = kept.get("_cached_user")
    return getattr(user, "pk", None)

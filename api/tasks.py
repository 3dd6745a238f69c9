"""The periodic work of the API."""

from celery import shared_task

from tickets.services import record_run

from . import services


@shared_task
def forget_requests():
    """Forget old requests, and let the members of expired keys go."""
    services.end_expired_keys()
    outcome = f"forgot {services.forget_requests()}"
    record_run("forget_requests", outcome=outcome)
    return outcome

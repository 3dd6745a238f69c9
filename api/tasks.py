"""The periodic work of the API."""

from celery import shared_task

from tickets.services import record_run

from . import services


@shared_task
def forget_requests():
    """Forget old requests, let the members of expired keys go, and warn of keys that soon end."""
    services.end_expired_keys()
    services.warn_of_ends()
    outcome = f"deleted {services.forget_requests()}"
    record_run("forget_requests", outcome=outcome)
    return outcome

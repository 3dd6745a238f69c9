"""What workers run. Safe to run twice and safe to lose: the rows are the truth."""

from celery import shared_task

from tickets.services import record_run

from . import services
from .services import courier


@shared_task
def send_webhooks(keys=()):
    """Send all that waits, whatever it was woken by."""
    sent = courier.send_due()
    record_run("send_webhooks", outcome=f"sent {sent}")
    return sent


@shared_task
def forget_webhooks():
    """Delete the log of long ago."""
    forgotten = services.forget_deliveries()
    record_run("forget_webhooks", outcome=f"deleted {forgotten}")
    return forgotten

"""What workers run: safe to run twice and safe to lose, since the rows are the truth."""

from celery import shared_task
from django.conf import settings

from tickets.services import record_run

from . import fetching, services
from .backlog import FETCH


@shared_task
def receive_mail():
    """Fetch what waits in the mailbox, and process what was kept by now, however it came."""
    if not settings.INTAKE_ADDRESS:
        return "off"
    fetched = [_fetch()] if settings.IMAP_URL else []
    settled = services.process_waiting()
    outcome = ", ".join(fetched + [f"{state} {count}" for state, count in sorted(settled.items())])
    record_run("receive_mail", outcome=outcome[:200])
    return outcome


def _fetch():
    fetched = fetching.fetch()
    if not fetched.error:
        record_run(FETCH, outcome=str(fetched))
    return str(fetched)


@shared_task
def forget_mail_originals():
    deleted = services.forget_originals()
    record_run("forget_mail_originals", outcome=f"deleted {deleted}")
    return deleted

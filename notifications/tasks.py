"""What workers run. Each is safe to run twice and safe to lose: the rows are the truth."""

from celery import shared_task

from tickets.services import note_run

from . import services


@shared_task
def deliver_notification(pk):
    services.deliver(pk)


@shared_task
def deliver_account_mail(pk):
    services.deliver_account_mail(pk)


@shared_task
def sweep_outbox():
    handed_over = services.sweep()
    note_run("sweep_outbox", outcome=f"handed over {handed_over}")
    return handed_over


@shared_task
def warn_of_bare_calendars():
    found = services.warn_of_bare_calendars()
    note_run("warn_of_bare_calendars", outcome=f"found {found}")
    return found


@shared_task
def propose_holidays():
    found = services.propose_holidays()
    note_run("propose_holidays", outcome=f"found {found}")
    return found


@shared_task
def forget_account_mail():
    deleted = services.forget_account_mail()
    note_run("forget_account_mail", outcome=f"deleted {deleted}")
    return deleted

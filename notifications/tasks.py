"""What workers run. Each is safe to run twice and safe to lose: the rows are the truth."""

from contextlib import ExitStack

from celery import shared_task

from tickets.services import record_run

from . import mail_services, services


@shared_task
def deliver_notification(pks):
    _each(services.deliver, pks)


@shared_task
def deliver_account_mail(pks):
    _each(mail_services.deliver_account_mail, pks)


@shared_task
def sweep_outbox():
    handed_over = services.sweep()
    record_run("sweep_outbox", outcome=f"handed over {handed_over}")
    return handed_over


@shared_task
def warn_of_bare_calendars():
    found = mail_services.warn_of_bare_calendars()
    record_run("warn_of_bare_calendars", outcome=f"found {found}")
    return found


@shared_task
def propose_holidays():
    found = mail_services.propose_holidays()
    record_run("propose_holidays", outcome=f"found {found}")
    return found


@shared_task
def forget_account_mail():
    deleted = mail_services.forget_account_mail()
    failures = services.forget_address_failures()
    record_run("forget_account_mail", outcome=f"deleted {deleted}, failures {failures}")
    return deleted


@shared_task
def forget_bell():
    deleted = services.forget_bell()
    record_run("forget_bell", outcome=f"deleted {deleted}")
    return deleted


def _each(deliver, pks):
    """What goes wrong with one row surfaces after the others were delivered."""
    with ExitStack() as turns:
        for pk in reversed(pks):
            turns.callback(deliver, pk)

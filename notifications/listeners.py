"""Handlers of the signals of lower apps, run in the transaction that sent them, if there is one."""

from . import mail_services, services, undeliverable


def notify(sender, events, **kwargs):
    # Earlier alerts first: those that these events raise are true, and need no check.
    services.read_outdated_alerts(events)
    services.plan_notifications(events)


def release_found(sender, now, **kwargs):
    services.release_found(now=now)


def notify_of_closure(sender, recalculation, now, **kwargs):
    mail_services.notify_of_closure(recalculation, now=now)


def notify_of_departure(sender, organization, user, actor, now, **kwargs):
    mail_services.notify_of_departure(organization, user, actor=actor, now=now)


def forget_failures(sender, user, **kwargs):
    undeliverable.forget_failures(user)

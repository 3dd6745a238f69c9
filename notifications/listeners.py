"""What this app does when lower apps tell a fact, in the transaction that made it true."""

from . import mail_services, services


def tell(sender, events, **kwargs):
    services.plan_notifications(events)


def tell_of_closure(sender, recalculation, now, **kwargs):
    mail_services.tell_of_closure(recalculation, now=now)


def tell_of_departure(sender, organization, user, actor, now, **kwargs):
    mail_services.tell_of_departure(organization, user, actor=actor, now=now)

"""What this app does when lower apps tell a fact, in the transaction that made it true."""

from . import services


def tell(sender, events, **kwargs):
    services.plan_notifications(events)


def tell_of_closure(sender, recalculation, now, **kwargs):
    services.tell_of_closure(recalculation, now=now)


def tell_of_departure(sender, organization, user, actor, now, **kwargs):
    services.tell_of_departure(organization, user, actor=actor, now=now)

"""What this app does when tickets tell of an event, in the transaction that made it true."""

from . import services


def tell(sender, events, **kwargs):
    services.plan_notifications(events)


def tell_of_closure(sender, recalculation, now, **kwargs):
    services.tell_of_closure(recalculation, now=now)

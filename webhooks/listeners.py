"""Handlers of the signals of lower apps, run in the transaction that sent them."""

from . import services


def plan(sender, events, **kwargs):
    services.blank_erased(events)
    services.plan_deliveries(events)

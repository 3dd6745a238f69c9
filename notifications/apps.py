"""The notifications app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self):
        from organizations.signals import address_works, member_removed
        from tickets.events import ticket_events
        from tickets.signals import recalculation_finished, run_finished

        from . import listeners

        ticket_events.connect(listeners.notify, dispatch_uid="notifications.notify")
        recalculation_finished.connect(
            listeners.notify_of_closure, dispatch_uid="notifications.notify_of_closure"
        )
        run_finished.connect(listeners.release_found, dispatch_uid="notifications.release_found")
        address_works.connect(
            listeners.forget_failures, dispatch_uid="notifications.forget_failures"
        )
        member_removed.connect(
            listeners.notify_of_departure, dispatch_uid="notifications.departure"
        )

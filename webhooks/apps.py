"""The webhooks app: signed requests to other people's servers when something happens."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "webhooks"
    verbose_name = _("Webhooks")

    def ready(self):
        from tickets.events import ticket_events

        from . import listeners

        ticket_events.connect(listeners.plan, dispatch_uid="webhooks.plan")

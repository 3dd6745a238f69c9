"""The tickets app: listens to what happens to organizations and people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("Tickets")

    def ready(self):
        from organizations import signals
        from plans import signals as plan_signals

        from . import events, listeners

        signals.organization_plan_changed.connect(listeners.follow_plan_change)
        signals.organization_suspended.connect(listeners.follow_suspension)
        signals.organization_suspension_lifted.connect(listeners.follow_end_of_suspension)
        signals.organization_renamed.connect(listeners.follow_new_name_of_organization)
        signals.person_renamed.connect(listeners.follow_new_name_of_agent)
        signals.member_removed.connect(listeners.forget_watcher)
        signals.agent_deactivated.connect(listeners.clear_agent)
        plan_signals.plan_published.connect(listeners.follow_new_commitments)
        plan_signals.closure_declared.connect(listeners.follow_closure)
        plan_signals.closure_ended.connect(listeners.follow_closure)
        events.ticket_events.connect(listeners.follow_category_change)

"""The values that stand for the placeholders on one ticket."""

from django.utils import timezone, translation

from ui.time_zones import known_zone
from ui.wording import format_weekday_datetime


def values_of(ticket, agent, language, *, now):
    """{key: value} for a text in that language; "" where the ticket has none. `ticket` has its
    requester, organization and plan along."""
    zone = known_zone(ticket.requester.time_zone)
    with translation.override(language), timezone.override(zone):
        # What is overdue already is no promise to repeat.
        is_ahead = ticket.due_at is not None and ticket.due_at > now
        due = format_weekday_datetime(ticket.due_at) if is_ahead else ""
        return {
            "customer": str(ticket.requester),
            "number": ticket.number,
            "title": ticket.title,
            "due": due,
            "agent": str(agent),
            "organization": str(ticket.organization),
            "plan": ticket.organization.plan.name,
        }

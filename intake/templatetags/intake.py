"""What other pages show of incoming e-mail: nothing, and without a query, where that is off."""

from django import template

from intake.backlog import backlog
from intake.models import ReceivedMail
from intake.services import mail_of
from tickets import reply_addresses

register = template.Library()
MOST_SHOWN = 5


@register.simple_tag
def intake_is_on():
    return reply_addresses.is_on()


@register.simple_tag
def held_mails(ticket):
    """[(row, the mail as it is read)] that wait on the ticket for an agent's decision."""
    if not reply_addresses.is_on():
        return []
    rows = ReceivedMail.objects.held_on(ticket).select_related("person")[:MOST_SHOWN]
    return [(row, mail_of(row)) for row in rows]


@register.simple_tag
def incoming_backlog():
    """What waits in the intake, or None where it is off."""
    return backlog() if reply_addresses.is_on() else None
